"""Builds the shop's database from nothing: tables, goods, sellers, staff. Run as a module, once per folder."""

import os
from decimal import Decimal
from pathlib import Path

import django

GOODS = {  # category: (title, price, stock, seller, description)
    "Tea": (
        ("Longjing green tea 250 g", "168.00", 600, "a", "Pan-fired leaves from the first picking of the year."),
        ("Tieguanyin oolong 250 g", "138.00", 800, "b", "Rolled oolong with a scent of orchids."),
        ("Dianhong black tea 200 g", "96.50", 1200, "a", "Golden tips, malty and mild."),
        ("Shou pu'er cake 357 g", "219.00", 400, "b", "Ripened and pressed, five years old."),
    ),
    "Kitchen": (
        ("Cast iron wok 32 cm", "259.00", 350, "a", "Seasoned by hand, with a wooden handle."),
        ("Bamboo steamer, two tiers", "79.90", 900, "b", "Fits pots of 26 cm."),
        ("Gaiwan, white porcelain 150 ml", "58.00", 1500, "a", "Lid, bowl and saucer."),
        ("Kitchen cleaver 18 cm", "189.00", 500, "b", "Forged steel for slicing and chopping."),
    ),
    "Books": (
        ("Journey to the West, four volumes", "149.00", 700, "a", "The complete novel in a slipcase."),
        ("A Field Guide to Garden Birds", "66.00", 450, "b", "Two hundred species with drawings."),
        ("Brush and Ink: a first course", "45.80", 2000, "a", "Calligraphy in thirty lessons."),
        ("Dictionary of Measures and Weights", "88.00", 650, "b", "From chi and jin to metre and gram."),
    ),
}
SELLERS = {"a": "Qingshan Trading", "b": "Beihai Supplies"}
DOMAIN = "demo.invalid"


class _Unmigrated(dict):
    def __contains__(self, _app):
        return True

    def __getitem__(self, _app):
        return None


def build() -> None:
    """Create tables and rows; the passwords are read from the folder's ``secrets``."""
    from django.conf import settings  # noqa: PLC0415 - Django is set up first
    from django.core.management import call_command  # noqa: PLC0415

    # The tables come straight from the models: the same as the migrations make, in one second instead of fifteen.
    settings.MIGRATION_MODULES = _Unmigrated()
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    _countries_and_site()
    sellers = _sellers()
    _goods(sellers)
    _earlier_order()
    call_command("rebuild_index", verbosity=0, interactive=False)


def _password(role: str) -> str:
    return (Path(os.environ["DUHENG_DEMO_DIR"]) / "secrets" / f"{role}.password").read_text().strip()


def _countries_and_site() -> None:
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.contrib.sites.models import Site  # noqa: PLC0415
    from oscar.core.loading import get_model  # noqa: PLC0415

    country = get_model("address", "Country")
    for order, (code, name) in enumerate((("CN", "China"), ("GB", "United Kingdom"))):
        country.objects.create(
            iso_3166_1_a2=code, printable_name=name, name=name, display_order=order, is_shipping_country=True
        )
    Site.objects.update(domain=os.environ.get("DUHENG_DEMO_HTTPS", "127.0.0.1"), name="Duheng demo shop")
    get_user_model().objects.create_superuser("operator", f"operator@{DOMAIN}", _password("operator"))


def _sellers():
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.contrib.auth.models import Permission  # noqa: PLC0415
    from oscar.core.loading import get_model  # noqa: PLC0415

    access = Permission.objects.get(content_type__app_label="partner", codename="dashboard_access")
    partners = {}
    for letter, name in SELLERS.items():
        role = f"seller_{letter}"
        user = get_user_model().objects.create_user(role, f"{role}@{DOMAIN}", _password(role), first_name=name)
        user.user_permissions.add(access)
        partners[letter] = get_model("partner", "Partner").objects.create(name=name)
        partners[letter].users.add(user)
    return partners


def _goods(sellers) -> None:
    from oscar.apps.catalogue.categories import create_from_breadcrumbs  # noqa: PLC0415
    from oscar.core.loading import get_model  # noqa: PLC0415

    kind = get_model("catalogue", "ProductClass").objects.create(name="Goods", requires_shipping=True, track_stock=True)
    number = 0
    for category_name, goods in GOODS.items():
        category = create_from_breadcrumbs(category_name)
        for title, price, stock, seller, description in goods:
            number += 1
            product = get_model("catalogue", "Product").objects.create(
                product_class=kind, title=title, description=f"<p>{description}</p>", upc=f"69{number:011d}"
            )
            get_model("catalogue", "ProductCategory").objects.create(product=product, category=category)
            get_model("partner", "StockRecord").objects.create(
                product=product,
                partner=sellers[seller],
                partner_sku=f"{seller.upper()}-{number:03d}",
                price=Decimal(price),
                num_in_stock=stock,
            )


def _earlier_order() -> None:
    """Make one order of earlier days, of a customer who cannot log in: without one, backups had no trade to hold."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.contrib.sites.models import Site  # noqa: PLC0415
    from oscar.core.loading import get_model  # noqa: PLC0415

    customer = get_user_model().objects.create_user("earlier", f"earlier@{DOMAIN}", None, first_name="Mei")
    country = get_model("address", "Country").objects.get(pk="CN")
    home = {"first_name": "Mei", "last_name": "Lin", "line1": "3 Canal Lane", "line4": "Suzhou", "postcode": "215000"}
    get_model("address", "UserAddress").objects.create(user=customer, country=country, **home)
    record = get_model("partner", "StockRecord").objects.order_by("pk").first()
    total, fee = record.price, Decimal("12.00")
    order = get_model("order", "Order").objects.create(
        number="100000",
        site=Site.objects.get(),
        user=customer,
        currency="CNY",
        status="Shipped",
        total_incl_tax=total + fee,
        total_excl_tax=total + fee,
        shipping_incl_tax=fee,
        shipping_excl_tax=fee,
        shipping_method="Standard delivery",
        shipping_code="standard",
        shipping_address=get_model("order", "ShippingAddress").objects.create(country=country, **home),
    )
    sums = ("line_price", "line_price_before_discounts", "unit_price")
    get_model("order", "Line").objects.create(
        order=order,
        partner=record.partner,
        partner_name=record.partner.name,
        quantity=1,
        partner_sku=record.partner_sku,
        stockrecord=record,
        product=record.product,
        status="Shipped",
        num_allocated=0,
        title=record.product.title,
        upc=record.product.upc,
        **{f"{name}_{tax}_tax": total for name in sums for tax in ("incl", "excl")},
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conformance.demo.shop.settings")
    django.setup()
    build()
