"""``python -m tests.bench.load_bare URL page|journey SECONDS RESULT``: Locust as people write it, in this process."""

import re
import sys

import gevent
from locust import FastHttpUser, constant, task
from locust.env import Environment

from tests.bench.load_spent import USERS, Spent, warm_s


class PageUser(FastHttpUser):
    """Asks for one page, again and again."""

    wait_time = constant(0)

    @task
    def page(self) -> None:
        self.client.get("/trivial")


class JourneyUser(FastHttpUser):
    """Walks the six steps, written by hand: the same requests, the same checks."""

    wait_time = constant(0)

    @task
    def journey(self) -> None:
        with self.client.get("/", catch_response=True) as home:
            if home.status_code != 200 or 'id="search"' not in (home.text or ""):
                home.failure("no search")
        with self.client.get("/goods/", catch_response=True) as goods:
            found = re.search(r'class="name" href="([^"]+)"', goods.text or "")
            if goods.status_code != 200 or found is None:
                goods.failure("no goods")
                return
        with self.client.get(found[1], name="/goods/N/", catch_response=True) as detail:
            text = detail.text or ""
            name = re.search(r"<h1>([^<]+)</h1>", text)
            price = re.search(r'class="price">¥([\d.]+)<', text)
            token = re.search(r'name="csrf" value="([^"]+)"', text)
            if detail.status_code != 200 or name is None or price is None or token is None:
                detail.failure("no article")
                return
        fields = {"csrf": token[1], "quantity": "1"}
        with self.client.post("/cart/add/", data=fields, allow_redirects=False, catch_response=True) as added:
            if added.status_code != 302 or not str((added.headers or {}).get("location")).endswith("/cart/"):
                added.failure("not added")
        with self.client.get("/cart/", catch_response=True) as cart:
            if cart.status_code != 200 or 'class="cart"' not in (cart.text or "") or name[1] not in (cart.text or ""):
                cart.failure("not in the cart")
        with self.client.get("/checkout/", catch_response=True) as checkout:
            if checkout.status_code != 200 or 'id="checkout"' not in (checkout.text or ""):
                checkout.failure("no checkout")


def main(url: str, what: str, seconds: str, result: str) -> None:
    """Run, and write what it took."""
    user = {"page": PageUser, "journey": JourneyUser}[what]
    environment = Environment(user_classes=[user], host=url)
    runner = environment.create_local_runner()
    runner.start(USERS, spawn_rate=USERS)
    gevent.sleep(warm_s(float(seconds)))
    spent, before = Spent.now(), environment.stats.total.num_requests
    gevent.sleep(float(seconds))
    requests = environment.stats.total.num_requests - before
    spent.write(result, requests=requests, failed=environment.stats.total.num_failures)
    runner.quit()


if __name__ == "__main__":
    main(*sys.argv[1:])
