"""What may be wrong in a target file, one fault or a few at a time, and the exact message for each."""

from probes.target_keys import TABLES

HEAD = '[platform]\nid = "x"\nname = "X"\nbase_url = "https://shop.example"\n'
SECRET = "hunter2-Zx81"
NO_PASSWORD = (
    "a password never stands in the target file; name an environment variable with password_env, "
    "or an owner-only file with password_file"
)
INSTANT = "must be an instant with its UTC offset, such as 2026-12-31T18:00:00+08:00 (without quotes)"
NO_USERINFO = "must not hold a user name or password; declare the account in [roles.NAME] with password_env"
WINDOW = "[[windows]]\nstarts = 2027-01-10T02:00:00Z\nends = 2027-01-10T04:00:00Z\n"

FAULTS: dict[str, tuple[str, ...]] = {
    "[rolls.operator]": ("5: [rolls]: unknown table; did you mean 'roles'?",),
    "[zodiac]": (f"5: [zodiac]: unknown table; known are: {', '.join(TABLES)}",),
    '[api]\nstyle = "soap"': ("6: [api] style: must be one of openapi, graphql, document",),
    '[api]\ndescription = "https://a:b@shop.example/x"': (
        (
            "6: [api] description: must not hold a user name or password; declare the account in [roles.NAME] with "
            "password_env"
        ),
    ),
    '[api]\ndescription = "ftp://shop.example/x"': (
        "6: [api] description: must be a URL such as https://shop.example/openapi.json",
    ),
    "[interfaces.stocks]": ("5: [interfaces] stocks: unknown name; did you mean 'stock'?",),
    "[interfaces.stock]": ("5: [interfaces.stock] read: is missing",),
    'enviroment = "staging"': ("5: [platform] enviroment: unknown key; did you mean 'environment'?",),
    "[limits]\nzzz = 1": (
        "6: [limits] zzz: unknown key; known are: deadline_s, request_timeout_s, workers, body_bytes",
    ),
    'environment = "test"': ("5: [platform] environment: must be one of production, staging, disposable",),
    "environment = 3": ("5: [platform] environment: must be one of production, staging, disposable",),
    'authorised = "yes"': ("5: [platform] authorised: must be true or false",),
    "adapter = 7": ("5: [platform] adapter: must be a text in quotes",),
    'adapter = " "': ("5: [platform] adapter: must not be empty",),
    'timezone = "Beijing/China"': ("5: [platform] timezone: is no time zone; use a name such as Asia/Shanghai",),
    "timezone = 8": ("5: [platform] timezone: is no time zone; use a name such as Asia/Shanghai",),
    'timezone = "/etc/passwd"': ("5: [platform] timezone: is no time zone; use a name such as Asia/Shanghai",),
    'currency = "yuan"': ('5: [platform] currency: must be a currency of ISO 4217, such as "CNY"',),
    'plain_url = "https://shop.example"': (
        "5: [platform] plain_url: is not such a URL; write it as http://shop.example",
    ),
    'hosts = "pay.example"': (
        '5: [platform] hosts: must be a list of hosts, such as ["pay.shop.example", "127.0.0.1:8443"]',
    ),
    'hosts = ["https://pay.example"]': (
        '5: [platform] hosts: must be a list of hosts, such as ["pay.shop.example", "127.0.0.1:8443"]',
    ),
    'hosts = ["pay.example:port"]': (
        '5: [platform] hosts: must be a list of hosts, such as ["pay.shop.example", "127.0.0.1:8443"]',
    ),
    "[ledger]\nurl = 5": ("6: [ledger] url: must be a text in quotes",),
    '[ledger]\nurl = "duheng.db"': ("6: [ledger] url: must be a URL, such as sqlite:///duheng.db",),
    f'[ledger]\nurl = "sqlite://u:{SECRET}@db/x"': (
        "6: [ledger] url: must not hold a user name or password: it is kept with the evidence",
    ),
    f'[ledger]\nurl = "postgresql://u:{SECRET}@db/x"': (
        (
            "6: [ledger] url: must not hold a password: it is kept with the evidence; "
            "give it in a PGPASSFILE, or in PGPASSWORD of the environment"
        ),
    ),
    f'[ledger]\nurl = "postgresql://u:a/{SECRET}@db/x"': (
        (
            "6: [ledger] url: must not hold a password: it is kept with the evidence; "
            "give it in a PGPASSFILE, or in PGPASSWORD of the environment"
        ),
    ),
    f'[ledger]\nurl = "postgresql://u@db/x?password={SECRET}"': (
        (
            "6: [ledger] url: must not hold a password: it is kept with the evidence; "
            "give it in a PGPASSFILE, or in PGPASSWORD of the environment"
        ),
    ),
    "[tls]\nca_file = true": ("6: [tls] ca_file: must be a text in quotes",),
    '[endpoints]\nurl = "https://a.example"': ("5: [endpoints]: must be written as [[endpoints]]",),
    "[[endpoints]]": ("5: [[endpoints]] number 1 url: is missing",),
    '[[endpoints]]\nurl = "https://a.example"\naddresses = ["front-end"]': (
        '7: [[endpoints]] number 1 addresses: must be a list of IP addresses, such as ["192.0.2.10"]',
    ),
    '[[endpoints]]\nurl = "https://a.example"\n[[endpoints]]\nurl = "a.example"': (
        "8: [[endpoints]] number 2 url: is not such a URL; write it as https://shop.example",
    ),
    "endpoints = [3]": (
        (
            "5: [platform] endpoints: unknown key; known are: id, name, base_url, plain_url, environment, "
            "authorised, adapter, hosts, timezone, currency"
        ),
    ),
    '[roles.admin]\nusername = "a"\npassword_env = "A"': (
        "5: [roles] admin: unknown name; known are: buyer_a, buyer_b, buyer_c, seller_a, seller_b, operator",
    ),
    '[roles.buyer_A]\nusername = "a"\npassword_env = "A"': (
        "5: [roles] buyer_A: unknown name; did you mean 'buyer_a'?",
    ),
    '[roles]\noperator = "me"': ("6: [roles] operator: must be a table of keys",),
    '[roles.operator]\npassword_env = "A"': ("5: [roles.operator] username: is missing",),
    '[roles.operator]\nusername = "a"': (
        "5: [roles] operator: has neither of password_env and password_file; give one",
    ),
    '[roles.operator]\nusername = "a"\npassword_env = "A"\npassword_file = "f"': (
        "5: [roles] operator: has both of password_env and password_file; give one",
    ),
    f'[roles.operator]\nusername = "a"\npassword = "{SECRET}"': (f"7: [roles.operator] password: {NO_PASSWORD}",),
    f'[roles]\npassword = "{SECRET}"': (f"6: [roles] password: {NO_PASSWORD}",),
    f'[shop]\napi_token = "{SECRET}"': (f"6: [shop] api_token: {NO_PASSWORD}",),
    f'[secrets]\noperator = "{SECRET}"': (f"5: [secrets]: {NO_PASSWORD}",),
    '[roles.operator]\nusername = "a"\npassword_envs = "A"': (
        "5: [roles] operator: has neither of password_env and password_file; give one",
        "7: [roles.operator] password_envs: unknown key; did you mean 'password_env'?",
    ),
    f'[roles.operator]\nusername = "a"\npassword_env = "{SECRET}"': (
        (
            "7: [roles.operator] password_env: must be the name of an environment variable, "
            "such as DUHENG_OPERATOR_PASSWORD"
        ),
    ),
    '[roles.buyer_a]\nusername = "a"\npassword_env = "A"\n[roles.buyer_b]\nusername = "a"\npassword_env = "B"': (
        "9: [roles.buyer_b] username: is the account of [roles.buyer_a]; each role needs its own",
    ),
    "[shop]\nsample = 0": ("6: [shop] sample: must be from 1 to 1000000000",),
    "[shop]\nsample = 1.5": ("6: [shop] sample: must be a whole number",),
    "[shop]\nmax_orders = true": ("6: [shop] max_orders: must be a whole number",),
    '[shop]\nproduct_urls = ["tea"]': (
        '6: [shop] product_urls: must be a list of pages, such as ["/tea/", "https://shop.example/tea/"]',
    ),
    '[shop]\nproduct_urls = ["/tea/", "https://other.example/tea/"]': (
        (
            "6: [shop] product_urls: other.example:443 is not listed; if it belongs to the platform, "
            "add it to [platform] hosts"
        ),
    ),
    '[shop]\nqualification_page = "http://shop.example:8080/licences/"': (
        (
            "6: [shop] qualification_page: shop.example:8080 is not listed; if it belongs to the platform, "
            "add it to [platform] hosts"
        ),
    ),
    '[shop]\nqualification_page = "licences"': (
        "6: [shop] qualification_page: must be a path such as /licences/, or a URL",
    ),
    "[mailbox]": ("5: [mailbox] listen: is missing",),
    '[mailbox]\nlisten = "2525"': ("6: [mailbox] listen: must be IP:PORT, such as 127.0.0.1:2525",),
    '[mailbox]\nlisten = "127.0.0.1:70000"': ("6: [mailbox] listen: must be IP:PORT, such as 127.0.0.1:2525",),
    "[limits]\ndeadline_s = 0": ("6: [limits] deadline_s: must be greater than 0",),
    "[limits]\ndeadline_s = nan": ("6: [limits] deadline_s: must be a number",),
    "[limits]\nrequest_timeout_s = inf": ("6: [limits] request_timeout_s: must be a number",),
    '[limits]\nrequest_timeout_s = "20"': ("6: [limits] request_timeout_s: must be a number",),
    "[limits]\nbody_bytes = 99999999999": ("6: [limits] body_bytes: must be from 1 to 1000000000",),
    "[thresholds]\nmtbf = 9000": ("6: [thresholds] mtbf: must be a table of metrics, such as mtbf = 9000",),
    '[thresholds."SBT-3.1.1.2-mtbf"]\nmtbf = "9000"': ("6: [thresholds.SBT-3.1.1.2-mtbf] mtbf: must be a number",),
    "[waivers]": ("5: [waivers]: must be written as [[waivers]]",),
    '[[waivers]]\ncheck = "C"\nreason = "r"\nowner = "o"\nexpires = 2027-01-01T00:00:00': (
        f"9: [[waivers]] number 1 expires: {INSTANT}",
    ),
    '[[waivers]]\ncheck = "C"\nreason = "r"\nexpires = "2027-01-01T00:00:00Z"': (
        "5: [[waivers]] number 1 owner: is missing",
        f"8: [[waivers]] number 1 expires: {INSTANT}",
    ),
    '[[waivers]]\ncheck = "C"\nreason = ""\nowner = "o"\nexpires = 2027-01-01': (
        "7: [[waivers]] number 1 reason: must not be empty",
        f"9: [[waivers]] number 1 expires: {INSTANT}",
    ),
    '[not_applicable."SBT-1"]': ("5: [not_applicable.SBT-1] reason: is missing",),
    f"{WINDOW}": ("5: [[windows]] number 1 purpose: is missing",),
    f'{WINDOW}purpose = "a"\n[[windows]]\nstarts = 2027-01-10T12:00:00+08:00\nends = 2027-01-10T03:00:00Z\n'
    'purpose = "b"': ("11: [[windows]] number 2 ends: must be later than starts",),
}
"""What follows the sound head of four lines -> the faults that are told."""
