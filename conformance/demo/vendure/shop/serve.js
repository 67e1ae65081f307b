'use strict';
// Serves the shop on its TLS port (Nest does the TLS), its jobs in the same process; the plain port leads to the other.
const fs = require('node:fs');
const http = require('node:http');
const { JobQueueService, bootstrap } = require('@vendure/core');
const { configOf } = require('./config');

const HOST = '127.0.0.1';
const {
    DUHENG_DEMO_DIR: root,
    DUHENG_DEMO_DATABASE: database,
    DUHENG_DEMO_HTTPS: https,
    DUHENG_DEMO_HTTP: plain,
    DUHENG_DEMO_CERTIFICATE: certificate,
    DUHENG_DEMO_KEY: key,
} = process.env;

async function serve() {
    const app = await bootstrap(configOf({ root, database, listen: Number(https), synchronize: false, jobsMs: 200 }), {
        nestApplicationOptions: { httpsOptions: { cert: fs.readFileSync(certificate), key: fs.readFileSync(key) } },
    });
    await app.get(JobQueueService).start();
    http.createServer((request, response) => {
        response.writeHead(301, { Location: `https://${HOST}:${https}${request.url}` }).end();
    }).listen(Number(plain), HOST);
}

serve().catch(error => {
    console.error(error);
    process.exit(1);
});
