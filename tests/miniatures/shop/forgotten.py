"""Forgotten passwords: a link by mail, good for one new password. Mail goes out where a test says to which port."""

import secrets
import smtplib
from email.message import EmailMessage

from tests.miniatures.shop.state import State
from tests.miniatures.shop.web import Answer, Call, field, form, missing, page, redirect

DIGITS = 40


def ask_form(shop: State, call: Call) -> Answer:
    """Ask for the address that the link shall go to."""
    inner = field("email", "邮箱 E-mail")
    return page(shop, call, "忘记密码 Password", form(call, "forgotten", "/password/forgotten/", inner, "发送 Send"))


def send_link(shop: State, call: Call) -> Answer:
    """Mail a link to whoever has an account; the answer is the same for all."""
    email = call.form.get("email", "").strip()
    account = shop.find(email)
    if account is not None and shop.guard.mail_port is not None:
        link = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
        shop.guard.links[link] = account.key
        _mail(shop.guard.mail_port, email, f"https://shop.invalid/password/reset/{link}/")
    return page(
        shop, call, "请查收邮件 Sent", '<p class="sent">如该邮箱已注册，邮件已发送。 If there is an account.</p>'
    )


def _mail(port: int, to: str, link: str) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "重置密码 Your password", "shop@miniature.example", to
    message.set_content(f"请打开以下链接重置密码。\n{link}\n")
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
        server.send_message(message)


def reset_form(shop: State, call: Call, key: str) -> Answer:
    """Ask for the new password, where the link is good."""
    if key not in shop.guard.links:
        return missing(shop, call)
    inner = field("new", "新密码 New password", kind="password")
    return page(shop, call, "重置密码 Password", form(call, "reset", f"/password/reset/{key}/", inner, "保存 Save"))


def reset(shop: State, call: Call, key: str) -> Answer:
    """Take the new password, once."""
    account = shop.accounts.get(shop.guard.links.get(key, 0))
    if account is None:
        return missing(shop, call)
    if not shop.guard.links_stay:
        del shop.guard.links[key]
    shop.change_password(account, call.session, call.form.get("new", ""))
    return redirect("/login/")
