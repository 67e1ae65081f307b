"""What the defects of ``conformance.demo.defects`` do, and the middleware that switches them by a control file.

The file holds one name a line and is read at each request, so a running shop changes without a restart. A defect has
one of three holds on a request: ``before`` the view (it may answer itself, or change who asks), on the ``page`` that
is about to be rendered, or ``around`` the whole of it.
"""

import re
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.core.mail import send_mail
from django.http import HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.shortcuts import redirect
from oscar.apps.checkout.utils import CheckoutSessionData
from oscar.core.loading import get_model
from oscar.core.prices import Price

BEFORE, PAGE, AROUND = {}, {}, {}
SPOILT, SHOWN_INSTEAD = 4, 6  # the product whose page is wrong, and the one shown in its place
BACKEND = "oscar.apps.customer.auth_backends.EmailBackend"


class Defects:
    """The outermost middleware but for ``turns.Turns``."""

    def __init__(self, get_response):
        """Keep the rest of the chain."""
        self.get_response = get_response
        self.control = Path(settings.FOLDER) / "defects"

    def __call__(self, request):
        """Wrap the request in the ``around`` defects that are on."""
        request.defects = self._names()
        answer = self.get_response
        for name in request.defects & AROUND.keys():
            answer = _wrapped(AROUND[name], answer)
        return answer(request)

    def process_view(self, request, view, args, kwargs):
        """Let the ``before`` defects answer, or change who asks."""
        for name in request.defects & BEFORE.keys():
            response = BEFORE[name](request, view, args, kwargs)
            if response is not None:
                return response
        return None

    def process_template_response(self, request, response):
        """Let the ``page`` defects change what is shown."""
        for name in request.defects & PAGE.keys():
            PAGE[name](request, response, response.context_data)
        return response

    def _names(self):
        try:
            return frozenset(self.control.read_text(encoding="utf-8").split())
        except FileNotFoundError:
            return frozenset()


def _wrapped(defect, answer):
    return lambda request: defect(request, answer)


def _hold(table):
    def register(function):
        table[function.__name__.replace("_", "-")] = function
        return function

    return register


def _at(request, *names):
    match = request.resolver_match
    return match is not None and match.view_name in names


def _rewrite(response, pattern, replacement):
    response.content = re.sub(pattern, replacement, response.content.decode(), flags=re.DOTALL)
    response["Content-Length"] = len(response.content)
    return response


def _operator():
    return get_user_model().objects.filter(is_superuser=True).first()


def _owner(request, model, **key):
    """Let the owner of an object ask in place of whoever does."""
    found = get_model(*model).objects.filter(**key).first()
    if found is not None and found.user is not None:
        request.user = found.user


# ---- who may see what ----------------------------------------------------------------------------------------------


@_hold(BEFORE)
def order_open_to_visitors(request, _view, _args, kwargs):
    if _at(request, "customer:order") and not request.user.is_authenticated:
        _owner(request, ("order", "Order"), number=kwargs["order_number"])


@_hold(BEFORE)
def order_by_number_readable(request, _view, _args, kwargs):
    if _at(request, "customer:order") and request.user.is_authenticated:
        _owner(request, ("order", "Order"), number=kwargs["order_number"])


@_hold(BEFORE)
def address_by_key_readable(request, _view, _args, kwargs):
    if _at(request, "customer:address-detail") and request.user.is_authenticated:
        _owner(request, ("address", "UserAddress"), pk=kwargs["pk"])


@_hold(PAGE)
def order_list_of_others(request, _response, shown):
    if _at(request, "customer:order-list"):
        shown["orders"] = get_model("order", "Order").objects.order_by("-date_placed")


@_hold(BEFORE)
def goods_of_other_sellers_open(request, _view, _args, _kwargs):
    if _at(request, "dashboard:catalogue-product") and request.user.has_perm("partner.dashboard_access"):
        request.user = _operator()


@_hold(BEFORE)
def operator_orders_open_to_buyers(request, _view, _args, _kwargs):
    user = request.user
    buyer = user.is_authenticated and not user.is_staff and not user.has_perm("partner.dashboard_access")
    if buyer and _at(request, "dashboard:order-list", "dashboard:order-detail"):
        request.user = _operator()


@_hold(BEFORE)
def operator_body_behind_redirect(request, view, args, kwargs):
    if request.user.is_authenticated or not _at(request, "dashboard:order-list", "dashboard:order-detail"):
        return None
    request.user = _operator()
    page = view(request, *args, **kwargs)
    answer = HttpResponseRedirect(f"/dashboard/login/?next={request.path}")
    answer.content = page.render().content if hasattr(page, "render") else page.content
    return answer


@_hold(BEFORE)
def any_password_accepted(request, _view, _args, _kwargs):
    if _at(request, "customer:login") and "login_submit" in request.POST:
        return _let_in(request, lambda _user, _password: True)
    return None


@_hold(BEFORE)
def password_case_ignored(request, _view, _args, _kwargs):
    if _at(request, "customer:login") and "login_submit" in request.POST:
        return _let_in(request, lambda user, password: user.check_password(password.swapcase()))
    return None


def _let_in(request, accepts):
    user = get_user_model().objects.filter(email__iexact=request.POST.get("login-username", "")).first()
    if user is None or not accepts(user, request.POST.get("login-password", "")):
        return None
    login(request, user, backend=BACKEND)
    return redirect("/")


# ---- the way there -------------------------------------------------------------------------------------------------


@_hold(AROUND)
def login_served_plain(request, answer):
    if request.path == "/accounts/login/":
        request.environ["wsgi.url_scheme"] = "https"  # what a proxy would say that is not one
    return answer(request)


@_hold(AROUND)
def no_hsts(request, answer):
    response = answer(request)
    response.headers.pop("Strict-Transport-Security", None)
    return response


@_hold(AROUND)
def plain_port_404(request, answer):
    return answer(request) if request.is_secure() else HttpResponseNotFound()


# ---- registering, goods, basket ------------------------------------------------------------------------------------


@_hold(BEFORE)
def register_mails_only(request, _view, _args, _kwargs):
    if not (_at(request, "customer:login") and "registration_submit" in request.POST):
        return None
    email = request.POST.get("registration-email", "")
    send_mail("Thank you for registering.", "Welcome!", settings.OSCAR_FROM_EMAIL, [email])
    messages.success(request, "Thanks for registering!")
    return redirect("/")


@_hold(AROUND)
def registered_not_activated(request, answer):
    response = answer(request)
    if _at(request, "customer:login") and "registration_submit" in request.POST:
        email = request.POST.get("registration-email", "")
        get_user_model().objects.filter(email__iexact=email).update(is_active=False)
    return response


@_hold(BEFORE)
def detail_page_empty(request, _view, _args, kwargs):
    if _at(request, "catalogue:detail") and int(kwargs["pk"]) == SPOILT:
        return HttpResponse("")
    return None


@_hold(PAGE)
def detail_shows_other_product(request, _response, shown):
    if _at(request, "catalogue:detail") and shown["product"].pk == SPOILT:
        shown["product"] = get_model("catalogue", "Product").objects.get(pk=SHOWN_INSTEAD)


@_hold(AROUND)
def price_on_request(request, answer):
    response = answer(request)
    if _at(request, "catalogue:detail") and int(request.resolver_match.kwargs["pk"]) == SPOILT:
        return _rewrite(response, r'<p class="price_color">.*?</p>', "<p>Price on request</p>")
    return response


@_hold(AROUND)
def list_without_prices(request, answer):
    response = answer(request)
    if _at(request, "catalogue:index"):
        return _rewrite(response, r'<p class="price_color">.*?</p>', "")
    return response


@_hold(AROUND)
def price_without_currency(request, answer):
    response = answer(request)
    if _at(request, "catalogue:index", "catalogue:detail") and "html" in response.get("Content-Type", ""):
        return _rewrite(response, "CN¥", "")
    return response


@_hold(BEFORE)
def cart_forgets_quantity(request, _view, _args, _kwargs):
    changed = any(name.endswith("-quantity") for name in request.POST) and not _removed(request)
    return redirect("basket:summary") if _at(request, "basket:summary") and changed else None


@_hold(BEFORE)
def cart_keeps_removed_line(request, _view, _args, _kwargs):
    lines = int(request.POST.get("form-TOTAL_FORMS", "0"))
    some = 0 < len(_removed(request)) < lines
    return redirect("basket:summary") if _at(request, "basket:summary") and some else None


def _removed(request):
    lines = int(request.POST.get("form-TOTAL_FORMS", "0"))
    return [number for number in range(lines) if f"form-{number}-DELETE" in request.POST]


@_hold(PAGE)
def delivery_price_hidden(request, _response, shown):
    if _at(request, "basket:summary"):
        shown["shipping_charge"] = None


@_hold(PAGE)
def delivery_price_other_than_charged(request, _response, shown):
    if _at(request, "basket:summary") and shown.get("shipping_charge") is not None:
        other = Decimal("8.00")
        shown["shipping_charge"] = Price(settings.OSCAR_DEFAULT_CURRENCY, excl_tax=other, incl_tax=other)


# ---- orders --------------------------------------------------------------------------------------------------------


@_hold(AROUND)
def fee_hidden_in_total(request, answer):
    response = answer(request)
    if _at(request, "checkout:preview"):
        return _rewrite(response, r'<tr>\s*<th class="total">\s*(?!\s|<h3>)[^<]+</th>.*?</tr>', "")
    return response


@_hold(PAGE)
def preview_sum_wrong(request, _response, shown):
    total = shown.get("order_total")
    if _at(request, "checkout:preview") and total is not None:
        more = total.incl_tax + 1
        shown["order_total"] = Price(total.currency, excl_tax=more, incl_tax=more)


@_hold(BEFORE)
def dearer_delivery_after_confirming(request, _view, _args, _kwargs):
    if _at(request, "checkout:preview") and request.method == "POST":
        CheckoutSessionData(request).use_shipping_method("express")


@_hold(PAGE)
def order_lost(request, response, shown):
    if _at(request, "checkout:thank-you"):
        order = shown["order"]
        response.add_post_render_callback(lambda _response: order.delete() and None)


@_hold(BEFORE)
def order_never_reaches_operator(request, _view, _args, kwargs):
    if not request.user.is_staff:
        return None
    if _at(request, "dashboard:order-detail"):
        return HttpResponseNotFound(f"no order {kwargs['number']}")
    if _at(request, "dashboard:order-list"):
        return redirect("dashboard:index")
    return None


@_hold(BEFORE)
def shipping_does_not_stick(request, _view, _args, _kwargs):
    if _at(request, "dashboard:order-detail") and "new_status" in request.POST:
        messages.info(request, "Order status changed")
        return redirect(request.path)
    return None


@_hold(PAGE)
def operator_view_lacks_line(request, _response, shown):
    if _at(request, "dashboard:order-detail") and request.user.is_staff:
        shown["lines"] = list(shown["lines"])[:-1]


@_hold(PAGE)
def operator_view_other_quantity(request, _response, shown):
    if _at(request, "dashboard:order-detail") and request.user.is_staff:
        shown["lines"] = list(shown["lines"])
        shown["lines"][0].quantity += 1


@_hold(PAGE)
def seller_view_lacks_line(request, _response, shown):
    if _at(request, "dashboard:order-detail") and not request.user.is_staff:
        shown["lines"] = list(shown["lines"])[:-1]


# ---- own data ------------------------------------------------------------------------------------------------------


@_hold(AROUND)
def profile_hides_phone(request, answer):
    response = answer(request)
    if _at(request, "customer:address-detail") and request.method == "GET":
        return _rewrite(response, r'(name="phone_number"[^>]*?) value="[^"]*"', r"\1")
    return response


@_hold(PAGE)
def profile_hides_addresses(request, _response, shown):
    if _at(request, "customer:address-list"):
        shown["addresses"] = shown["object_list"] = ()


@_hold(BEFORE)
def profile_change_ignored(request, _view, _args, _kwargs):
    if _at(request, "customer:profile-update") and request.method == "POST":
        messages.success(request, "Profile updated")
        return redirect("customer:profile-view")
    return None


@_hold(BEFORE)
def address_change_ignored(request, _view, _args, _kwargs):
    if _at(request, "customer:address-detail") and request.method == "POST":
        messages.success(request, "Address saved")
        return redirect("customer:address-list")
    return None
