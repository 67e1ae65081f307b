"""Registering, logging in and out, and everything about one's own data."""

from tests.miniatures.shop import trackers, trading
from tests.miniatures.shop.state import ADDRESS_FIELDS, PROFILE_FIELDS, Account, Address, State
from tests.miniatures.shop.web import Answer, Call, e, field, form, missing, page, redirect

PROFILE_LABELS = {
    "first_name": "名 First name",
    "last_name": "姓 Last name",
    "email": "邮箱 E-mail",
    "phone": "电话 Phone",
}
ADDRESS_LABELS = {
    "first_name": "收货人名 First name",
    "last_name": "收货人姓 Last name",
    "line1": "街道地址 Street",
    "city": "城市 City",
    "postcode": "邮编 Postcode",
    "country": "国家 Country",
    "phone": "电话 Phone",
}


NO_ADDRESS = "地址过长或含有不可用的字符。 Too long, or with characters that no address has."


def register_form(shop: State, call: Call, fault: str = "") -> Answer:
    """Show the form for new members."""
    fields = "".join(field(name, label) for name, label in PROFILE_LABELS.items())
    fields += field("password", "密码 Password", kind="password")
    told = f'<p class="error">{e(fault)}</p>' if fault else ""
    return page(shop, call, "注册 Register", told + form(call, "register", "/register/", fields, "注册 Register"))


def register(shop: State, call: Call) -> Answer:
    """Make a new member."""
    if shop.wrong("empty-200-on-register"):
        return Answer()
    email, password = call.form.get("email", "").strip(), call.form.get("password", "")
    if "@" not in email or len(password) < 8:
        return register_form(shop, call, "请填写邮箱和至少八位的密码。")
    if shop.find(email) is not None:
        return register_form(shop, call, "该邮箱已注册。")
    if not shop.wrong("mails-but-does-not-register"):
        account = shop.enrol(email, password, "buyer", call.form)
        account.active = not shop.wrong("registered-cannot-log-in")
        shop.books.consented(account.username)
    return redirect("/register/done/")


def registered(shop: State, call: Call) -> Answer:
    """Welcome the new member."""
    told = '<p class="registered">注册成功，欢迎邮件已发送。 You are registered; a mail is on its way.</p>'
    return page(shop, call, "注册成功 Registered", told)


def login_form(shop: State, call: Call, fault: str = "") -> Answer:
    """Show the form to log in."""
    fields = field("username", "邮箱 E-mail") + field("password", "密码 Password", kind="password")
    fields += f'<input type="hidden" name="next" value="{e(call.query.get("next", ""))}">'
    told = f'<p class="error">{e(fault)}</p>' if fault else ""
    return page(shop, call, "登录 Log in", told + form(call, "login", "/login/", fields, "登录 Log in"))


def log_in(shop: State, call: Call) -> Answer:
    """Log in, or show the form again."""
    username = call.form.get("username", "")
    if not shop.log_in(call.session, username, call.form.get("password", "")):
        return login_form(shop, call, _fault(shop, username))
    place = call.form.get("next", "")
    return redirect(place if place.startswith("/") and not place.startswith("//") else "/account/")


def _fault(shop: State, username: str) -> str:
    if shop.guard.says_locked(username):
        return "登录失败次数过多，账户已锁定。 Too many attempts; the account is locked."
    if shop.wrong("unknown-user-told") and shop.find(username) is None:
        return "该用户不存在。 There is no such user."
    return "用户名或密码错误。 Wrong user name or password."


def log_out(shop: State, call: Call) -> Answer:
    """Log out."""
    if not shop.wrong("session-survives-logout"):
        shop.sessions.pop(call.session.token, None)
        return redirect("/")
    return Answer(status=303, headers=(("Location", "/"), ("Set-Cookie", "sid=; Path=/; Max-Age=0")))


def password_form(shop: State, call: Call, fault: str = "") -> Answer:
    """Show the form that changes one's password."""
    fields = field("old", "原密码 Present password", kind="password")
    fields += field("new", "新密码 New password", kind="password")
    told = f'<p class="error">{e(fault)}</p>' if fault else ""
    inner = told + form(call, "password", "/account/password/", fields, "保存 Save")
    return page(shop, call, "修改密码 Password", inner)


def change_password(shop: State, call: Call) -> Answer:
    """Change one's password, by the present one."""
    old, new = call.form.get("old", ""), call.form.get("new", "")
    if not shop.right(call.me, old) or len(new) < 8:
        return password_form(shop, call, "原密码错误，或新密码少于八位。")
    shop.change_password(call.me, call.session, new)
    return redirect("/account/")


def account(shop: State, call: Call) -> Answer:
    """Tell the one who asks who they are."""
    me = _cached(shop, call) if shop.wrong("sessions-mix") else call.me
    name = f"{me.profile['last_name']} {me.profile['first_name']}".strip()
    told = (
        f'<p>姓名 Name: <span id="my-name">{e(name)}</span></p>'
        f'<p>邮箱 E-mail: <span id="my-email">{e(me.username)}</span></p>'
        '<p><a href="/account/profile/">个人信息 Profile</a> <a href="/account/addresses/">收货地址 Addresses</a> '
        '<a href="/account/delete/">注销账户 Delete account</a></p>'
    )
    return page(shop, call, "我的账户 My account", told + trackers.on_account(shop, me))


def _cached(shop: State, call: Call) -> Account:
    """Return whose page is shown where one cache serves all of a role: whoever of them last looked for the first time.

    First looks are right, so that logging in afresh, on which other checks stand, still shows who one is.
    """
    if call.session.first_look:
        call.session.first_look = False
        shop.cached_page[call.me.role] = call.me.key
    return shop.accounts.get(shop.cached_page[call.me.role], call.me)


def profile(shop: State, call: Call, told: str = "") -> Answer:
    """Show one's own data, in the form that changes it."""
    fields = []
    for name, label in PROFILE_LABELS.items():
        if name == "phone" and shop.wrong("phone-not-shown"):
            continue
        if name == "email" and shop.wrong("email-not-changeable"):
            fields.append(f"<p>{e(label)}: {e(call.me.username)}</p>")
            continue
        fields.append(field(name, label, call.me.profile[name]))
    saved = f'<p class="saved">{e(told)}</p>' if told else ""
    if shop.wrong("hash-in-profile-page"):
        saved += f"<!-- {e(call.me.password.crypt)} -->"
    inner = saved + form(call, "profile", "/account/profile/", "".join(fields), "保存 Save")
    return page(shop, call, "个人信息 Profile", inner)


def change_profile(shop: State, call: Call) -> Answer:
    """Change one's own data."""
    me = call.me
    changes = {name: call.form[name].strip() for name in PROFILE_FIELDS if name in call.form}
    if shop.wrong("email-not-changeable"):
        changes.pop("email", None)
    taken = shop.find(changes["email"]) if changes.get("email") else None
    if taken is not None and taken is not me:
        return profile(shop, call, "该邮箱已被使用。")
    if not shop.wrong("profile-change-ignored"):
        me.profile.update(changes)
        me.username = changes.get("email") or me.username
    return redirect("/account/profile/?saved=1")


def _address_text(shop: State, entry: Address) -> str:
    if shop.wrong("address-not-shown"):
        return "收货地址已保存 Address on file"
    return "，".join(value for value in _shown(shop, entry).values() if value)


def _shown(shop: State, entry: Address) -> dict[str, str]:
    hidden = {name for name in entry.fields if shop.wrong("address-not-shown")}
    if shop.wrong("phone-not-shown"):
        hidden.add("phone")
    return {name: value for name, value in entry.fields.items() if name not in hidden}


def addresses(shop: State, call: Call) -> Answer:
    """List one's own address book."""
    rows = ""
    for entry in shop.address_book(call.me):
        place = f"/account/addresses/{entry.key}/"
        rows += (
            f'<tr class="address"><td class="text">{e(_address_text(shop, entry))}</td>'
            f'<td><a class="edit" href="{place}">修改 Edit</a></td>'
            f"<td>{form(call, f'delete-{entry.key}', place + 'delete/', '', '删除 Delete')}</td></tr>"
        )
    table = f'<table class="addresses">{rows}</table><p><a href="/account/addresses/new/">新增地址 Add</a></p>'
    return page(shop, call, "收货地址 Addresses", table)


def address_inputs(values: dict[str, str]) -> str:
    """Return the inputs of an address form."""
    return "".join(field(name, label, values.get(name, "")) for name, label in ADDRESS_LABELS.items())


def taken_address(call: Call) -> dict[str, str]:
    """Return the address that a form holds."""
    return {name: call.form.get(name, "").strip() for name in ADDRESS_FIELDS}


def new_address(shop: State, call: Call, fault: str = "") -> Answer:
    """Show the form for a further address."""
    told = f'<p class="error">{e(fault)}</p>' if fault else ""
    inner = form(call, "address", "/account/addresses/new/", address_inputs({}), "保存 Save")
    return page(shop, call, "新增地址 New address", told + inner)


def add_address(shop: State, call: Call) -> Answer:
    """Add an address to one's own book."""
    fields = trading.stored(shop, taken_address(call))
    if fields is None:
        return new_address(shop, call, NO_ADDRESS)
    entry = Address(key=shop.take_key(), owner=call.me.key, fields=fields)
    shop.addresses[entry.key] = entry
    return redirect("/account/addresses/")


def _readable(shop: State, me: Account, key: str) -> Address | None:
    entry = shop.addresses.get(int(key))
    if entry is not None and (entry.owner == me.key or shop.wrong("address-by-key-readable")):
        return entry
    return None


def address(shop: State, call: Call, key: str) -> Answer:
    """Show one address, in the form that changes it."""
    entry = _readable(shop, call.me, key)
    if entry is None:
        return missing(shop, call)
    inner = form(call, "address", f"/account/addresses/{key}/", address_inputs(_shown(shop, entry)), "保存 Save")
    return page(shop, call, "修改地址 Edit address", inner)


def change_address(shop: State, call: Call, key: str) -> Answer:
    """Change one of one's own addresses."""
    entry = shop.addresses.get(int(key))
    if entry is None or (entry.owner != call.me.key and not shop.wrong("address-of-others-changeable")):
        return missing(shop, call)
    fields = trading.stored(shop, taken_address(call))
    if fields is None:
        return new_address(shop, call, NO_ADDRESS)
    if not shop.wrong("address-change-ignored"):
        trading.address_changed(shop, call.me, entry.fields, fields)
        entry.fields = fields
    return redirect("/account/addresses/")


def delete_address(shop: State, call: Call, key: str) -> Answer:
    """Remove one of one's own addresses."""
    entry = shop.addresses.get(int(key))
    if entry is None or entry.owner != call.me.key:
        return missing(shop, call)
    del shop.addresses[entry.key]
    return redirect("/account/addresses/")


def delete_form(shop: State, call: Call, fault: str = "") -> Answer:
    """Ask for the password before an account is deleted."""
    told = f'<p class="error">{e(fault)}</p>' if fault else ""
    inner = form(
        call, "delete-account", "/account/delete/", field("password", "密码 Password", kind="password"), "注销 Delete"
    )
    return page(shop, call, "注销账户 Delete account", told + inner)


def delete_account(shop: State, call: Call) -> Answer:
    """Delete one's own account."""
    if not shop.right(call.me, call.form.get("password", "")):
        return delete_form(shop, call, "密码错误。 Wrong password.")
    shop.remove_account(call.me)
    return redirect("/")
