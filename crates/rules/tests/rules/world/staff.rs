use handcarry_format::Id;
use handcarry_rules::{
    Account, Activation, Actor, Asked, PeriodTotals, Reason, ReasonCode, Retirement, SeatRelease,
    StaffAccepted, StaffAction, StaffCommand, StaffContext, StaffDecision, StaffRefusal, WaitsFor,
    decide_staff,
};

use super::World;

/// Who does what, and why; the second person, and since when it waits.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) action: StaffAction,
    pub(crate) reason: Option<ReasonCode>,
    pub(crate) by: Actor,
    pub(crate) second: Option<Actor>,
    pub(crate) asked: Option<Asked>,
}

pub(crate) fn supporter(name: &str) -> Actor {
    Actor { name: name.to_owned(), support: true }
}

impl Ask {
    /// Mara of the support, with a reason that fits.
    pub(crate) fn to(action: StaffAction) -> Ask {
        let fits = ReasonCode::ALL.into_iter().find(|reason| reason.fits(action));
        Ask { action, reason: fits, by: supporter("mara"), second: None, asked: None }
    }

    pub(crate) fn with(self, second: &str) -> Ask {
        Ask { second: Some(supporter(second)), ..self }
    }
}

impl World {
    pub(crate) fn staff(&mut self, activation: &Id, ask: &Ask) -> Result<StaffDecision, StaffRefusal> {
        let account = self.account_of(activation);
        let reason = ask.reason.map(|code| Reason { code, text: "words".to_owned() });
        let command = StaffCommand { action: ask.action, reason };
        let context = StaffContext {
            now: self.now,
            rules: &self.rules,
            made: self.made(),
            by: &ask.by,
            approved_by: ask.second.as_ref(),
            asked: ask.asked.as_ref(),
        };
        let decision = decide_staff(&account, &command, &context);
        assert_eq!(decision, decide_staff(&account, &command, &context), "pure: the same twice");
        if let Ok(StaffDecision::Done(done)) = &decision {
            let known = self.store.activations.iter_mut().find(|known| known.id == *activation).unwrap();
            *known = done.activation.clone();
            if let Some(entitlement) = &done.entitlement {
                assert_eq!(entitlement.revision, self.store.entitlement.revision + 1);
                self.store.entitlement = entitlement.clone();
            }
        }
        decision
    }

    /// What is done at once.
    pub(crate) fn retire(&mut self, activation: &Id, ask: &Ask) -> StaffAccepted {
        match self.staff(activation, ask) {
            Ok(StaffDecision::Done(done)) => *done,
            other => panic!("not done: {other:?}"),
        }
    }

    /// What does not happen yet.
    pub(crate) fn waits(&mut self, activation: &Id, ask: &Ask) -> WaitsFor {
        match self.staff(activation, ask) {
            Ok(StaffDecision::Waits { waits, .. }) => waits,
            other => panic!("does not wait: {other:?}"),
        }
    }

    pub(crate) fn asked(&self, activation: &Id) -> Asked {
        Asked { at: self.now, trace: self.activation(activation.as_str()).trace() }
    }

    /// Re-hosts and losses that count against the quota.
    pub(crate) fn made(&self) -> u32 {
        let since = self.now.plus_days(-365);
        let counts = |it: &Retirement| it.how.counts() && it.proven.is_none() && it.at > since;
        self.retirements().filter(counts).count() as u32
    }

    pub(crate) fn retirements(&self) -> impl Iterator<Item = Retirement> {
        self.store.activations.iter().filter_map(Activation::retirement)
    }

    /// What the store loads for an activation.
    pub(crate) fn account_of(&self, activation: &Id) -> Account {
        let own = self.store.activations.iter().find(|own| own.id == *activation);
        self.load(own.cloned(), Vec::new())
    }

    /// Seats that are not free, by what the store keeps.
    pub(crate) fn load_seats(&self) -> u32 {
        self.load(None, Vec::new()).seats_in_use(self.now)
    }

    pub(super) fn load(&self, activation: Option<Activation>, others: Vec<Activation>) -> Account {
        let taken = self.store.activations.iter().filter(|it| it.is_taken()).count();
        let unproven = || self.retirements().filter(|it| it.proven.is_none());
        let waiting = unproven().filter(|it| it.seat == SeatRelease::WhenProven).count();
        let from = |it: Retirement| match it.seat {
            SeatRelease::From(from) => Some(from),
            _ => None,
        };
        Account {
            entitlement: self.store.entitlement.clone(),
            seats_used: (taken + waiting) as u32,
            made: self.store.activations.iter().filter(|it| !it.is_retired()).count() as u32,
            releases: unproven().filter_map(from).collect(),
            totals: self.store.totals.clone(),
            activation,
            others,
            same_number: None,
            periods: PeriodTotals::new(),
            holding: self.store.holding.clone(),
            upgrades: self.store.upgrades.clone(),
        }
    }
}
