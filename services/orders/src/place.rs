//! Places an order: the whole way from a draft to a confirmed order.
//!
//! *Holds*: one customer's key has one order, for ever; a repeat gets it even when prices,
//! stock or the catalog itself are gone, and of two at the same time one is the repeat.

use std::collections::HashMap;

use tonic_types::FieldViolation;
use treaty_bus::outbox::Wake;

use crate::assortment::{Assortment, Offer};
use crate::events;
use crate::money::{Money, NoTotal};
use crate::order::{Draft, Line, Order};
use crate::refusal::{Refusal, Shortage, UnknownSku};
use crate::store::{Recorded, Store};

/// Confirms the draft, or finds the order that was confirmed for it before.
pub(crate) async fn place(
    draft: Draft,
    store: &Store,
    catalog: &impl Assortment,
    relay: &Wake,
) -> Result<Order, Refusal> {
    if let Some(before) = find(&draft, store).await? {
        return repeated(before, &draft);
    }
    let order = match confirm(&draft, catalog).await {
        Ok(order) => order,
        // The same call, made twice, may have emptied the shelf while we asked.
        Err(refusal) => match find(&draft, store).await? {
            Some(before) => return repeated(before, &draft),
            None => return Err(refusal),
        },
    };
    let event = events::order_placed(&order);
    match store.record(order.clone(), draft.idempotency_key.clone(), event).await? {
        Recorded::Before(before) => repeated(before, &draft),
        Recorded::Now => {
            relay.wake();
            tracing::debug!(order = order.order_id, "order confirmed");
            Ok(order)
        }
    }
}

async fn find(draft: &Draft, store: &Store) -> Result<Option<Order>, Refusal> {
    let (customer, key) = (draft.customer_id.clone(), draft.idempotency_key.clone());
    Ok(store.order_of_key(customer, key).await?)
}

fn repeated(before: Order, draft: &Draft) -> Result<Order, Refusal> {
    if before.answers(draft) {
        Ok(before)
    } else {
        Err(Refusal::KeyReused { order_id: before.order_id })
    }
}

async fn confirm(draft: &Draft, catalog: &impl Assortment) -> Result<Order, Refusal> {
    let skus = draft.lines.iter().map(|line| line.sku.clone()).collect();
    let offers = catalog.offers(skus).await?;
    let lines = priced(draft, offers)?;
    let prices = lines.iter().map(|line| (&line.unit_price, line.quantity));
    match Money::total(prices) {
        Ok(total) => Ok(Order::confirm(draft, lines, total)),
        Err(NoTotal::TooMuch) => {
            let wrong = FieldViolation::new("lines", format!("cost {}", NoTotal::TooMuch));
            Err(Refusal::Invalid(vec![wrong]))
        }
        Err(no_total) => Err(Refusal::NoTotal(no_total)),
    }
}

fn priced(draft: &Draft, offers: Vec<Offer>) -> Result<Vec<Line>, Refusal> {
    let offers: HashMap<String, Offer> =
        offers.into_iter().map(|offer| (offer.sku.clone(), offer)).collect();
    let (mut lines, mut unknown, mut short) = (Vec::new(), Vec::new(), Vec::new());
    for (i, wanted) in draft.lines.iter().enumerate() {
        let (sku, quantity) = (wanted.sku.clone(), wanted.quantity);
        match offers.get(&sku) {
            None => unknown.push(UnknownSku { line: i, sku }),
            Some(offer) if offer.stock < quantity => {
                short.push(Shortage { sku, requested: quantity, available: offer.stock });
            }
            Some(offer) => lines.push(Line { sku, quantity, unit_price: offer.unit_price.clone() }),
        }
    }
    match (unknown.is_empty(), short.is_empty()) {
        (true, true) => Ok(lines),
        (false, _) => Err(Refusal::UnknownSkus(unknown)),
        (true, false) => Err(Refusal::OutOfStock(short)),
    }
}

#[cfg(test)]
mod tests;
