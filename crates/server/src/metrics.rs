//! Figures for Prometheus. No label comes from a request's content, so their number is bounded.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The content type of the figures.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DocumentLabels {
    kind: String,
    outcome: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabels {
    channel: String,
    outcome: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VisitLabels {
    job: String,
    outcome: String,
}

/// The figures.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram>,
    documents: Family<DocumentLabels, Counter>,
    visits: Family<VisitLabels, Counter>,
    failing_jobs: Gauge,
    deliveries: Family<DeliveryLabels, Counter>,
    in_flight: Gauge,
    store_waiting: Gauge,
}

/// A unit of work that waits for the store; counted until dropped.
#[derive(Debug)]
pub struct Waiting(Gauge);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Metrics {
        let mut registry = Registry::with_prefix("handcarry");
        let requests = Family::default();
        registry.register("requests", "Requests by route and status", requests.clone());
        let seconds = Family::<RouteLabels, Histogram>::new_with_constructor(|| {
            Histogram::new([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0])
        });
        registry.register("request_seconds", "Time to the answer, by route", seconds.clone());
        let documents = Family::default();
        registry.register("documents", "Documents by kind and outcome", documents.clone());
        let visits = Family::default();
        registry.register("job_visits", "Visits of scheduled jobs to tenants", visits.clone());
        let failing_jobs = Gauge::default();
        let help = "Scheduled jobs of tenants that failed last and will be tried again";
        registry.register("jobs_failing", help, failing_jobs.clone());
        let deliveries = Family::default();
        registry.register("deliveries", "Attempts to deliver messages", deliveries.clone());
        let in_flight = Gauge::default();
        registry.register("requests_in_flight", "Requests that wait for their answer", in_flight.clone());
        let store_waiting = Gauge::default();
        let help = "Units of work that wait for the store to commit them";
        registry.register("store_waiting", help, store_waiting.clone());
        Metrics {
            registry,
            requests,
            seconds,
            documents,
            visits,
            failing_jobs,
            deliveries,
            in_flight,
            store_waiting,
        }
    }

    /// A request begins.
    pub fn begun(&self) {
        self.in_flight.inc();
    }

    /// A request is answered.
    pub fn answered(&self, route: &str, status: u16, took: Duration) {
        self.in_flight.dec();
        self.requests.get_or_create(&RequestLabels { route: route.to_owned(), status }).inc();
        self.seconds.get_or_create(&RouteLabels { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    /// A document was dealt with. Both are names from closed sets.
    pub fn document(&self, kind: &str, outcome: &str) {
        let labels = DocumentLabels { kind: kind.to_owned(), outcome: outcome.to_owned() };
        self.documents.get_or_create(&labels).inc();
    }

    /// A scheduled job was at a tenant. Both are names from closed sets.
    pub fn visited(&self, job: &str, outcome: &str) {
        let labels = VisitLabels { job: job.to_owned(), outcome: outcome.to_owned() };
        self.visits.get_or_create(&labels).inc();
    }

    /// An attempt to deliver a message ended. Both are names from closed sets.
    pub fn delivered(&self, channel: &str, outcome: &str) {
        let labels = DeliveryLabels { channel: channel.to_owned(), outcome: outcome.to_owned() };
        self.deliveries.get_or_create(&labels).inc();
    }

    /// So many jobs of tenants failed last.
    pub fn failing_jobs(&self, number: i64) {
        self.failing_jobs.set(number);
    }

    /// A unit of work is given to the store.
    pub fn waits(&self) -> Waiting {
        self.store_waiting.inc();
        Waiting(self.store_waiting.clone())
    }

    /// The figures as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}
