//! Activations that staff took back: their ids are never used again (HEX-06, re-host, D-11).

use handcarry_format::Instant;

/// What staff took back, and how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retirement {
    /// When.
    pub at: Instant,
    /// By what.
    pub how: Retired,
    /// When the seat is free, if no proof comes before (D-26).
    pub seat: SeatRelease,
    /// When the device's own proof came: before, where R1 was seen (HEX-10), or late.
    pub proven: Option<Instant>,
}

/// By what an activation was retired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retired {
    /// R2: a concurrent license, returned by staff without the device (HEX-05).
    Returned,
    /// Re-hosted: the device is out of reach.
    Rehosted,
    /// Declared lost, stolen or dead (D-11).
    Lost,
}

impl Retired {
    const ALL: [Retired; 3] = [Retired::Returned, Retired::Rehosted, Retired::Lost];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Retired::Returned => "returned",
            Retired::Rehosted => "rehosted",
            Retired::Lost => "lost",
        }
    }

    /// By its stable name.
    pub fn from_name(name: &str) -> Option<Retired> {
        Retired::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Counts against the tenant's quota until the device's proof comes.
    pub fn counts(self) -> bool {
        self != Retired::Returned
    }
}

/// When a seat is free that was taken back without the device's proof (D-26). A proof frees it at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatRelease {
    /// It was at once.
    AtOnce,
    /// With the proof only.
    WhenProven,
    /// From then on.
    From(Instant),
}

impl Retirement {
    /// HEX-07: the device still has the license, as far as anybody knows.
    pub fn orphan_on_device(&self) -> bool {
        self.proven.is_none()
    }

    /// D-26: the seat is released and not yet free.
    pub fn holds_seat(&self, now: Instant) -> bool {
        let waits = match self.seat {
            SeatRelease::AtOnce => false,
            SeatRelease::WhenProven => true,
            SeatRelease::From(from) => now < from,
        };
        waits && self.proven.is_none()
    }

    /// Since when the seat was free without a proof, if it was.
    pub fn freed_before(&self, now: Instant) -> Option<Instant> {
        if self.proven.is_some() || self.holds_seat(now) {
            return None;
        }
        Some(match self.seat {
            SeatRelease::From(from) => from,
            _ => self.at,
        })
    }
}
