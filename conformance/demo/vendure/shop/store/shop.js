'use strict';
// The demo's own storefront: one page, drawn anew for each address behind the #, over Vendure's shop API alone.
// <main data-page="..."> names what is drawn, once it is there.

const main = document.querySelector('main');
const notice = document.querySelector('[role=alert]');
const { partner } = document.documentElement.dataset; // who is told of its buyers; nobody, unless the demo is told so

/** Ask Vendure; return the answer's one field. A refusal, in either of Vendure's ways, is thrown. */
async function ask(query, variables = {}) {
    const response = await fetch('/shop-api', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    if (errors) throw new Error(errors[0].message);
    const [answer] = Object.values(data);
    if (answer && answer.errorCode) throw new Error(answer.message);
    return answer;
}

const REFUSED = '... on ErrorResult { errorCode message }';
const SUMS = 'subTotalWithTax shippingWithTax totalWithTax';
const LINES = `lines { quantity linePriceWithTax productVariant { name } } ${SUMS}`;
const money = minor => `¥${(minor / 100).toFixed(2)}`;

function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
}

function table(order) {
    const row = (...cells) => element('tr', {}, ...cells.map(cell => element('td', {}, cell)));
    return element('table', {},
        ...order.lines.map(line => row(line.productVariant.name, `${line.quantity}`, money(line.linePriceWithTax))),
        row('Goods', '', money(order.subTotalWithTax)),
        row('Delivery', '', money(order.shippingWithTax)),
        row('Total', '', element('b', { className: 'total' }, money(order.totalWithTax))));
}

/** Return a form with a labelled field for each name, and a button; `act` gets what was filled in. */
function form(id, button, fields, act) {
    const made = element('form', { id },
        ...fields.map(([name, label, type = 'text']) =>
            element('label', {}, `${label} `, element('input', { name, type, required: true }))),
        element('button', {}, button));
    made.addEventListener('submit', event => {
        event.preventDefault();
        tried(() => act(Object.fromEntries(new FormData(made))));
    });
    return made;
}

async function tried(act) {
    notice.hidden = true;
    try {
        await act();
    } catch (error) {
        notice.textContent = error.message;
        notice.hidden = false;
    }
}

function draw(page, title, ...children) {
    document.title = `${title} - Demo shop`;
    main.replaceChildren(element('h1', {}, title), ...children);
    main.dataset.page = page;
}

/** What a careless shop does, and this one only when the demo is told to: it tells a partner who bought what. */
async function tell(happened, { email, ...facts }) {
    if (!partner) return;
    const bytes = email ? await crypto.subtle.digest('SHA-256', new TextEncoder().encode(email)) : new ArrayBuffer();
    const em = [...new Uint8Array(bytes)].map(byte => byte.toString(16).padStart(2, '0')).join('');
    navigator.sendBeacon(`${partner}/collect`, JSON.stringify({ happened, em, ...facts }));
}

const PAGES = {
    async goods() {
        const { items } = await ask(`{ products(options: {take: 100}) {
            items { name slug variants { priceWithTax } } } }`);
        draw('goods', 'Goods', element('ul', {}, ...items.map(item => element('li', {},
            element('a', { href: `#/goods/${item.slug}` }, item.name), ` ${money(item.variants[0].priceWithTax)}`))));
    },

    async article(slug) {
        const article = await ask(`query ($slug: String!) {
            product(slug: $slug) { name description variants { id priceWithTax } } }`, { slug });
        if (!article) throw new Error('There is no such article.');
        const [variant] = article.variants;
        const add = form('add', 'Put in the cart', [['quantity', 'Pieces', 'number']], async ({ quantity }) => {
            await ask(`mutation ($id: ID!, $pieces: Int!) {
                addItemToOrder(productVariantId: $id, quantity: $pieces) { __typename ${REFUSED} } }`,
            { id: variant.id, pieces: Number(quantity) });
            location.hash = '#/cart';
        });
        draw('article', article.name,
            element('p', {}, article.description), element('p', {}, money(variant.priceWithTax)), add);
    },

    async register() {
        const fields = [['firstName', 'First name'], ['lastName', 'Last name'], ['emailAddress', 'E-mail', 'email'],
            ['phoneNumber', 'Phone', 'tel'], ['password', 'Password', 'password']];
        draw('register', 'Register', form('register', 'Register', fields, async input => {
            await ask(`mutation ($input: RegisterCustomerInput!) {
                registerCustomerAccount(input: $input) { __typename ${REFUSED} } }`, { input });
            await tell('registered', { email: input.emailAddress });
            location.hash = '#/log-in';
        }));
    },

    async logIn() {
        const fields = [['username', 'E-mail', 'email'], ['password', 'Password', 'password']];
        draw('log-in', 'Log in', form('log-in', 'Log in', fields, async given => {
            await ask(`mutation ($username: String!, $password: String!) {
                login(username: $username, password: $password) { __typename ${REFUSED} } }`, given);
            location.hash = '#/account';
        }));
    },

    async cart() {
        const cart = await ask(`{ activeOrder { ${LINES} } }`);
        draw('cart', 'Cart', ...(cart && cart.lines.length
            ? [table(cart), element('a', { id: 'check-out', href: '#/check-out' }, 'Check out')]
            : [element('p', {}, 'Nothing is in your cart.')]));
    },

    async checkOut() {
        const methods = await ask('{ eligibleShippingMethods { id name priceWithTax } }');
        const fields = [['first', 'First name'], ['last', 'Last name'], ['streetLine1', 'Street'], ['city', 'City'],
            ['postalCode', 'Postcode'], ['phoneNumber', 'Phone', 'tel']];
        const address = form('address', 'Go on', fields, async ({ first, last, delivery, ...rest }) => {
            const input = { ...rest, fullName: `${first} ${last}` };
            await ask(`mutation ($input: CreateAddressInput!) {
                setOrderShippingAddress(input: $input) { __typename ${REFUSED} } }`, { input });
            await ask(`mutation ($id: [ID!]!) {
                setOrderShippingMethod(shippingMethodId: $id) { __typename ${REFUSED} } }`, { id: [delivery] });
            location.hash = '#/pay';
        });
        const choice = (name, options) =>
            element('select', { name }, ...options.map(([value, label]) => new Option(label, value)));
        address.lastChild.before(
            element('label', {}, 'Country ', choice('countryCode', [['CN', 'China']])),
            element('label', {}, 'Delivery ', choice('delivery',
                methods.map(method => [method.id, `${method.name}, ${money(method.priceWithTax)}`]))));
        draw('check-out', 'Where to', address);
    },

    async pay() {
        const order = await ask(`{ activeOrder { ${LINES} } }`);
        draw('pay', 'Your order', table(order), form('pay', 'Order and pay', [], async () => {
            await ask(`mutation { transitionOrderToState(state: "ArrangingPayment") { __typename ${REFUSED} } }`);
            const paid = await ask(`mutation {
                addPaymentToOrder(input: {method: "standard-payment", metadata: {}}) {
                    __typename ... on Order { code totalWithTax } ${REFUSED} } }`);
            await tell('bought', { order: paid.code, value: (paid.totalWithTax / 100).toFixed(2) });
            location.hash = `#/orders/${paid.code}`;
        }));
    },

    async order(code) {
        const order = await ask(`query ($code: String!) { orderByCode(code: $code) {
            code state shippingAddress { fullName streetLine1 city phoneNumber } ${LINES} } }`, { code });
        if (!order) throw new Error('There is no such order.');
        const to = order.shippingAddress;
        draw('order', 'Order', element('p', { className: 'number' }, order.code), table(order),
            element('p', {}, `${to.fullName}, ${to.streetLine1}, ${to.city}, ${to.phoneNumber}`));
    },

    async account() {
        const member = await ask(`{ activeCustomer { firstName lastName emailAddress phoneNumber
            orders(options: {take: 100, filter: {active: {eq: false}}}) { items { code totalWithTax } } } }`);
        if (!member) {
            location.hash = '#/log-in';
            return;
        }
        draw('account', 'Your account',
            element('p', {}, `${member.firstName} ${member.lastName}, ${member.emailAddress}, ${member.phoneNumber}`),
            element('ul', {}, ...member.orders.items.map(order => element('li', {},
                element('a', { href: `#/orders/${order.code}` }, order.code), ` ${money(order.totalWithTax)}`))));
    },
};

const ROUTES = { '': 'goods', goods: 'article', register: 'register', 'log-in': 'logIn', cart: 'cart',
    'check-out': 'checkOut', pay: 'pay', orders: 'order', account: 'account' };

function go() {
    delete main.dataset.page;
    const [, name = '', rest = ''] = decodeURIComponent(location.hash).split('/');
    tried(PAGES[ROUTES[name] || 'goods'].bind(null, rest));
}

addEventListener('hashchange', go);
go();
