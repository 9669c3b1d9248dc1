//! Events with contracts: durable embedded bus, outbox and inbox
