//! The assortment that a new catalog starts with.
//!
//! *Holds*: the stock of all but the rarest is enough for load tests.

/// A product as it first enters the shop.
#[derive(Debug)]
pub(crate) struct Seed {
    pub(crate) sku: &'static str,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) price_cents: i64,
    pub(crate) stock: i64,
}

const PLENTY: i64 = 100_000;
const FEW: i64 = 3;

/// Of this one there are only three pieces.
pub(crate) const RAREST: &str = "RARE-DAHONGPAO-25";

/// What the shop sells, at least.
pub(crate) const ASSORTMENT: &[Seed] = &[
    plenty("TEA-EARL-100", "Earl Grey, 100 g", "Black tea from Ceylon with oil of bergamot.", 690),
    plenty(
        "TEA-EARL-250",
        "Earl Grey, 250 g",
        "Black tea from Ceylon with oil of bergamot, in the larger bag.",
        1490,
    ),
    plenty("TEA-ASSAM-100", "Assam Mangalam, 100 g", "Strong and malty, takes milk well.", 790),
    plenty(
        "TEA-ASSAM-250",
        "Assam Mangalam, 250 g",
        "Strong and malty, takes milk well, in the larger bag.",
        1690,
    ),
    plenty(
        "TEA-DARJ-FF-100",
        "Darjeeling First Flush, 100 g",
        "Light and flowery, picked in March.",
        1890,
    ),
    plenty(
        "TEA-DARJ-SF-100",
        "Darjeeling Second Flush, 100 g",
        "Rounder than the first flush, with a note of muscatel.",
        1590,
    ),
    plenty(
        "TEA-CEYLON-100",
        "Ceylon Nuwara Eliya, 100 g",
        "Bright highland tea with a hint of citrus.",
        750,
    ),
    plenty(
        "TEA-KEEMUN-100",
        "Keemun Hao Ya, 100 g",
        "Chinese black tea, soft and a little smoky.",
        1250,
    ),
    plenty(
        "TEA-LAPSANG-100",
        "Lapsang Souchong, 100 g",
        "Dried over pine fires; not for everyone.",
        990,
    ),
    plenty(
        "TEA-BREAKFAST-250",
        "English Breakfast, 250 g",
        "Assam, Ceylon and Kenya for early mornings.",
        1290,
    ),
    plenty(
        "TEA-SENCHA-100",
        "Sencha Kagoshima, 100 g",
        "Steamed green tea, fresh and grassy.",
        1390,
    ),
    plenty(
        "TEA-GYOKURO-50",
        "Gyokuro Yame, 50 g",
        "Grown in shade, sweet and full of umami.",
        2490,
    ),
    plenty(
        "TEA-MATCHA-30",
        "Matcha Uji, 30 g",
        "Stone-ground green tea of ceremonial grade.",
        2790,
    ),
    plenty("TEA-GENMAI-100", "Genmaicha, 100 g", "Green tea with roasted rice.", 890),
    plenty("TEA-HOJICHA-100", "Hojicha, 100 g", "Roasted green tea, low in caffeine.", 950),
    plenty(
        "TEA-GUNPOWDER-100",
        "Gunpowder, 100 g",
        "Tightly rolled green tea, the base of Moroccan mint tea.",
        590,
    ),
    plenty(
        "TEA-JASMINE-100",
        "Jasmine Pearls, 100 g",
        "Hand-rolled green tea scented with fresh blossoms.",
        1950,
    ),
    plenty(
        "TEA-LONGJING-50",
        "Longjing, 50 g",
        "Pan-fired spring tea with a taste of chestnut.",
        2190,
    ),
    plenty(
        "TEA-OOLONG-100",
        "Tie Guan Yin, 100 g",
        "Lightly oxidised oolong, smells of orchids.",
        1790,
    ),
    plenty(
        "TEA-MILKOOLONG-100",
        "Milk Oolong, 100 g",
        "Creamy oolong from the mountains of Taiwan.",
        1850,
    ),
    plenty("TEA-PUERH-357", "Pu-erh cake, 357 g", "Ripe pu-erh of 2015, earthy and smooth.", 4590),
    plenty("TEA-WHITE-50", "Bai Mu Dan, 50 g", "White tea of buds and young leaves.", 1450),
    plenty("HERB-MINT-75", "Peppermint, 75 g", "Whole leaves, caffeine-free.", 490),
    plenty("HERB-CAMOMILE-75", "Camomile, 75 g", "Whole blossoms, caffeine-free.", 490),
    plenty(
        "HERB-ROOIBOS-100",
        "Rooibos, 100 g",
        "Red bush from the Cederberg, caffeine-free.",
        550,
    ),
    plenty("HERB-HIBISCUS-100", "Hibiscus, 100 g", "Sour and deep red, hot or over ice.", 520),
    plenty("HERB-GINGER-75", "Ginger and Lemongrass, 75 g", "Hot in both senses.", 620),
    plenty(
        "FRUIT-BERRY-100",
        "Forest Berries, 100 g",
        "Fruit tea with elderberry and blackcurrant.",
        650,
    ),
    plenty(
        "CHAI-MASALA-150",
        "Masala Chai, 150 g",
        "Assam with cardamom, cinnamon, clove and pepper.",
        980,
    ),
    plenty("POT-GLASS-1000", "Glass teapot, 1 l", "Heat-proof glass with a wide strainer.", 3490),
    plenty("POT-KYUSU-300", "Kyusu teapot, 0.3 l", "Side-handled clay pot for green tea.", 5990),
    plenty("POT-IRON-800", "Cast-iron teapot, 0.8 l", "Keeps its heat; not for the hob.", 6490),
    plenty("CUP-CHAWAN-1", "Matcha bowl", "Each one thrown by hand.", 4250),
    plenty("CUP-GLASS-2", "Double-walled glasses, pair", "Hot inside, cool outside.", 1990),
    plenty("TOOL-WHISK-1", "Matcha whisk", "One piece of bamboo, a hundred tines.", 1890),
    plenty("TOOL-STRAINER-1", "Tea strainer", "Stainless steel, fine enough for rooibos.", 890),
    plenty("TOOL-TIN-150", "Tea tin, 150 g", "Double lid, keeps light and air out.", 790),
    few(RAREST, "Da Hong Pao, 25 g", "Rock oolong from old bushes; there are three tins.", 29_900),
];

const fn plenty(
    sku: &'static str,
    name: &'static str,
    description: &'static str,
    price_cents: i64,
) -> Seed {
    Seed { sku, name, description, price_cents, stock: PLENTY }
}

const fn few(
    sku: &'static str,
    name: &'static str,
    description: &'static str,
    price_cents: i64,
) -> Seed {
    Seed { sku, name, description, price_cents, stock: FEW }
}
