"""What third parties are told by the miniature shop's pages, where it is wrong: pixels, scripts, beacons, forms.

The third parties are names that nobody has (RFC 2606); a browser that is let loose on them gets nowhere.
"""

import hashlib
import html
import json

from tests.miniatures.shop.state import Account, State

ANALYTICS = "https://analytics.example"
ADVERTS = "https://adverts.example"
CHAT = "https://chat.example"
FONTS = "https://fonts.example"

_HASHED = """<script>
addEventListener("load", async () => {
  const said = new TextEncoder().encode(document.getElementById("my-email").textContent.trim().toLowerCase());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", said));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const body = JSON.stringify({user: {em: hex}});
  fetch("@ANALYTICS@/collect", {method: "POST", mode: "no-cors", body}).catch(() => 0);
});
</script>"""

_LISTENER = """<script>
document.getElementById("checkout").addEventListener("submit", (event) => {
  const phone = event.target.elements.phone.value;
  navigator.sendBeacon("@CHAT@/lead", btoa(JSON.stringify({contact: phone})));
});
</script>"""

_LEAVING = """<script>
addEventListener("pagehide", () => {
  navigator.sendBeacon("@CHAT@/bye", new Blob([JSON.stringify({who: document.getElementById("my-name").textContent})]));
});
</script>"""

_FOREIGN_FORM = """<form id="slip" method="post" action="@ADVERTS@/labels" target="slip-frame">
<input type="hidden" name="to" value="@ADDRESS@"></form><iframe name="slip-frame" hidden></iframe>
<script>document.getElementById("slip").submit();</script>"""


def everywhere(shop: State) -> str:
    """Return what stands on each page: a picture from a third party, which is told nothing but that it was asked."""
    return f'<img src="{FONTS}/logo.png" alt="">' if shop.wrong("order-link-in-referer") else ""


def referrer_rule(shop: State) -> str:
    """Return the rule that lets a page's whole address go to third parties, where the shop is wrong so."""
    return '<meta name="referrer" content="unsafe-url">' if shop.wrong("order-link-in-referer") else ""


def on_account(shop: State, me: Account) -> str:
    """Return what the account page tells third parties."""
    told = ""
    if shop.wrong("email-in-analytics-pixel"):
        told += f'<img src="{ANALYTICS}/p.gif?ev=login&amp;uid={html.escape(me.username)}" alt="">'
    if shop.wrong("email-hashed-to-analytics"):
        told += _HASHED.replace("@ANALYTICS@", ANALYTICS)
    if shop.wrong("name-sent-on-leaving"):
        told += _LEAVING.replace("@CHAT@", CHAT)
    return told


def on_checkout(shop: State) -> str:
    """Return what the checkout form tells third parties when it is sent."""
    return _LISTENER.replace("@CHAT@", CHAT) if shop.wrong("phone-in-beacon") else ""


def on_preview(shop: State, address: str) -> str:
    """Return what the preview tells third parties of the address."""
    if not shop.wrong("address-posted-to-third-party"):
        return ""
    return _FOREIGN_FORM.replace("@ADVERTS@", ADVERTS).replace("@ADDRESS@", html.escape(address))


def on_done(shop: State, number: str, total_fen: int | None) -> str:
    """Return what the page that acknowledges an order tells third parties."""
    told = ""
    if shop.wrong("order-in-advert-pixel"):
        value = f"{(total_fen or 0) / 100:.2f}"
        told += f'<img src="{ADVERTS}/conv?oid={number}&amp;value={value}&amp;currency=CNY" alt="">'
    if shop.wrong("amount-over-websocket"):
        purchase = json.dumps({"event": "purchase", "revenue": f"{(total_fen or 0) / 100:.2f}"})
        told += (
            f'<script>const line = new WebSocket("wss://{ADVERTS.removeprefix("https://")}/live");'
            f"line.onopen = () => line.send({json.dumps(purchase)});</script>"
        )
    if shop.wrong("order-hashed-in-css"):
        digest = hashlib.md5(number.encode(), usedforsecurity=False).hexdigest()
        told += f'<div style="background:url({ADVERTS}/{digest}.png);width:9px;height:9px"></div>'
    return told
