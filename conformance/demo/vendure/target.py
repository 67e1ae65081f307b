"""Vendure's target file: the shop as ``duheng examine`` gets it."""

from conformance.demo.folder import Folder

ROLES = ("operator",)
_TEXT = """\
# Written by `duheng demo start --shop vendure`; the shop that it describes is thrown away after use.
[platform]
id = "demo-vendure"
name = "Duheng demo shop (Vendure)"
base_url = "https://127.0.0.1:{https}"
plain_url = "http://127.0.0.1:{http}"
environment = "disposable"
authorised = true
adapter = "vendure"

[tls]
ca_file = "tls/ca.pem"

[roles.operator]
username = "operator@demo.invalid"
password_file = "secrets/operator.password"

[api]
description = "/admin-api"
style = "graphql"
header = "vendure-api-key"
key_file = "secrets/api.key"

[interfaces.accounting]
read = "Query.orders"

[interfaces.stock]
read = "Query.productVariant"
act = "Mutation.updateProductVariants"

[interfaces.sales-payment]
read = "Query.orders"

[interfaces.logistics]
read = "Query.orders"
act = "Mutation.addFulfillmentToOrder"

[interfaces.crm]
read = "Query.customers"
act = "Mutation.addNoteToCustomer"
"""


def write(folder: Folder, *, https: int, http: int) -> None:
    """Write the target file for the two ports (TLS, plain) that the shop listens on."""
    folder.target.write_text(_TEXT.format(https=https, http=http), encoding="utf-8")
