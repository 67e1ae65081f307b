'use strict';
// A partner's program that speaks to the shop: a role of its own, with no more rights than its interfaces take, and a key.
// Vendure makes keys by its API only, for an administrator who is logged in.
const fs = require('node:fs');
const path = require('node:path');

const MAY = ['ReadOrder', 'UpdateOrder', 'ReadCatalog', 'UpdateCatalog', 'ReadCustomer', 'UpdateCustomer'];
const LOG_IN = `mutation($username: String!, $password: String!) {
    login(username: $username, password: $password) { __typename } }`;
const ROLE = `mutation($may: [Permission!]!) {
    createRole(input: { code: "partner", description: "Partner", permissions: $may }) { id } }`;
const KEY = `mutation($role: ID!) {
    createApiKey(input: { roleIds: [$role], translations: [{ languageCode: en, name: "Partner" }] }) { apiKey } }`;

/** Make the role and its key; the key stands in a file of its owner's only, since the shop itself keeps but its hash. */
async function addApiClient(app, { root, username, password }) {
    const url = `http://127.0.0.1:${app.getHttpServer().address().port}/admin-api`;
    const token = (await ask(url, LOG_IN, { username, password })).token;
    const { createRole } = (await ask(url, ROLE, { may: MAY }, token)).data;
    const { createApiKey } = (await ask(url, KEY, { role: createRole.id }, token)).data;
    await ask(url, 'mutation { logout { success } }', {}, token);
    const file = path.join(root, 'secrets', 'api.key');
    fs.rmSync(file, { force: true }); // of a database that is there no more
    fs.writeFileSync(file, `${createApiKey.apiKey}\n`, { mode: 0o600, flag: 'wx' });
}

async function ask(url, query, variables, token) {
    const answer = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await answer.json();
    if (errors) throw new Error(`the API client could not be made: ${errors[0].message}`);
    return { data, token: answer.headers.get('vendure-auth-token') };
}

module.exports = { addApiClient };
