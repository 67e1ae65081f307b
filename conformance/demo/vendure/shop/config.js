'use strict';
// Vendure's set-up: what its own project template gives (`npx @vendure/create`), without mail, pictures and dashboard,
// and with what its documentation asks of a deployment: own origin only, no cross-site requests, secure cookies.
const fs = require('node:fs');
const path = require('node:path');
const { DefaultJobQueuePlugin, DefaultLogger, DefaultSearchPlugin, LogLevel, dummyPaymentHandler } = require('@vendure/core');
const { storefrontOf } = require('./storefront');

const HSTS = 'max-age=31536000; includeSubDomains';

/** Return Vendure's configuration for a folder of `duheng demo`: TLS port (0: any), and how often jobs are looked for. */
function configOf({ root, database, listen, synchronize, jobsMs }) {
    const secret = name => fs.readFileSync(path.join(root, 'secrets', name), 'utf8').trim();
    return {
        apiOptions: {
            hostname: '127.0.0.1',
            port: listen,
            adminApiPath: 'admin-api',
            shopApiPath: 'shop-api',
            cors: { origin: [`https://127.0.0.1:${listen}`], credentials: true },
            csrfPrevention: true,
            middleware: [
                { route: '/', beforeListen: true, handler: strictTransport },
                { route: '/store', beforeListen: true, handler: storefrontOf(root) },
            ],
        },
        authOptions: {
            tokenMethod: ['bearer', 'cookie', 'api-key'],
            superadminCredentials: { identifier: 'operator@demo.invalid', password: secret('operator.password') },
            cookieOptions: { secret: secret('cookie.key'), secure: true },
            requireVerification: false, // nobody reads the shop's mail here
        },
        dbConnectionOptions: { type: 'better-sqlite3', database, synchronize, logging: false, enableWAL: true },
        logger: new DefaultLogger({ level: LogLevel.Info, timestamp: true }),
        paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
        plugins: [
            DefaultJobQueuePlugin.init({ useDatabaseForBuffer: true, pollInterval: jobsMs }),
            DefaultSearchPlugin.init({ bufferUpdates: false, indexStockStatus: true }),
        ],
    };
}

function strictTransport(_request, response, next) {
    response.setHeader('Strict-Transport-Security', HSTS);
    next();
}

module.exports = { configOf };
