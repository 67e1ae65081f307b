'use strict';
// Builds the shop's database from nothing: tables, the operator, China, two ways of delivery, one of payment, goods,
// and a partner's program with its key.
const { CurrencyCode, LanguageCode, ChannelService, JobQueueService, Populator, ProductService, ProductVariantService,
    RequestContext, RequestContextService, SearchService, TaxCategoryService, bootstrap } = require('@vendure/core');
const { addApiClient } = require('./api_client');
const { configOf } = require('./config');
const goods = require('./goods.json');

const INDEX_MS = 60_000;
const INITIAL = {
    defaultLanguage: LanguageCode.en,
    defaultZone: 'Asia',
    countries: [{ name: 'China', code: 'CN', zone: 'Asia' }],
    taxRates: [{ name: 'Tax in the price', percentage: 0 }],
    shippingMethods: [{ name: 'Standard delivery', price: 1200 }, { name: 'Express delivery', price: 2800 }],
    paymentMethods: [
        {
            name: 'Standard payment',
            handler: { code: 'dummy-payment-handler', arguments: [{ name: 'automaticSettle', value: 'true' }] },
        },
    ],
    collections: [],
};

async function build() {
    const { DUHENG_DEMO_DIR: root, DUHENG_DEMO_DATABASE: database } = process.env;
    const config = configOf({ root, database, listen: 0, synchronize: true, jobsMs: 10 });
    const app = await bootstrap(config);
    const channels = app.get(ChannelService);
    const channel = await channels.getDefaultChannel();
    await channels.update(RequestContext.empty(), {
        id: channel.id,
        pricesIncludeTax: true,
        availableCurrencyCodes: [CurrencyCode.CNY],
        defaultCurrencyCode: CurrencyCode.CNY,
        trackInventory: true,
    });
    await app.get(Populator).populateInitialData(INITIAL);
    const ctx = await app.get(RequestContextService).create({ apiType: 'admin', languageCode: LanguageCode.en });
    const taxCategoryId = (await app.get(TaxCategoryService).findAll(ctx)).items[0].id;
    for (const [index, article] of goods.entries()) await add(app, ctx, taxCategoryId, article, index + 1);
    const { identifier: username, password } = config.authOptions.superadminCredentials;
    await addApiClient(app, { root, username, password });
    const job = await app.get(SearchService).reindex(ctx);
    await app.get(JobQueueService).start();
    await job.updates({ timeoutMs: INDEX_MS }).forEach(() => {}); // a shop whose goods cannot be found is not ready
    await app.close();
}

async function add(app, ctx, taxCategoryId, { name, price, stock, description }, number) {
    const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const product = await app.get(ProductService).create(ctx, {
        enabled: true,
        translations: [{ languageCode: LanguageCode.en, name, slug, description }],
    });
    await app.get(ProductVariantService).create(ctx, [{
        productId: product.id,
        sku: `V-${String(number).padStart(3, '0')}`,
        price: Math.round(Number(price) * 100),
        stockOnHand: stock,
        taxCategoryId,
        translations: [{ languageCode: LanguageCode.en, name }],
    }]);
}

build().then(() => process.exit(0), error => { console.error(error); process.exit(1); });
