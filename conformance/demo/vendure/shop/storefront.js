'use strict';
// Serves the demo's own storefront (store/) under /store. A file partner.txt in the demo's folder, which is not there
// unless somebody puts it there, names an origin that the storefront then tells of its buyers: a leak to be found.
const fs = require('node:fs');
const path = require('node:path');

const FILES = {
    '/': ['index.html', 'text/html; charset=utf-8'],
    '/shop.js': ['shop.js', 'text/javascript; charset=utf-8'],
};
const ORIGIN = /^https?:\/\/[\w.-]+(:\d+)?$/;

/** Return the handler for a folder of `duheng demo`. */
function storefrontOf(root) {
    return (request, response, next) => {
        const found = request.method === 'GET' && FILES[request.path];
        if (!found) return next();
        const [name, kind] = found;
        const text = fs.readFileSync(path.join(__dirname, 'store', name), 'utf8');
        response.setHeader('Content-Type', kind);
        response.setHeader('Cache-Control', 'no-store');
        return response.end(text.replace('data-partner=""', `data-partner="${partnerIn(root)}"`));
    };
}

function partnerIn(root) {
    const file = path.join(root, 'partner.txt');
    const said = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : '';
    return ORIGIN.test(said) ? said : '';
}

module.exports = { storefrontOf };
