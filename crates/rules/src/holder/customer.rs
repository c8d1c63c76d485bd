use handcarry_format::Id;

/// Most characters of a name, a company or one reference.
const LINE: usize = 120;
/// Most characters of an address; it may have lines.
const ADDRESS: usize = 400;
/// Most characters of an e-mail address.
const EMAIL: usize = 254;
/// Most references.
const REFERENCES: usize = 20;

/// Who buys licenses (ICE-01). [`CustomerRecord::check`] says whether it can be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerRecord {
    /// Its id.
    pub id: Id,
    /// Name of the person, or of the organization; 1 to 120 characters. License files carry it.
    pub name: String,
    /// The organization, if the name is a person's.
    pub company: Option<String>,
    /// Where notices go.
    pub email: Option<String>,
    /// Postal address, in lines.
    pub address: Option<String>,
    /// What others call this customer, such as a number in the vendor's books; at most 20.
    pub references: Vec<String>,
}

/// A member of a customer's record that cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerProblem {
    /// Its name.
    pub field: &'static str,
}

impl CustomerRecord {
    /// Whether this record can be kept: lengths, no control characters, an e-mail address that a header can carry.
    pub fn check(&self) -> Result<(), CustomerProblem> {
        let line = |text: &str| is_plain(text, LINE, false);
        let fields = [
            ("name", line(&self.name)),
            ("company", self.company.as_deref().is_none_or(line)),
            ("email", self.email.as_deref().is_none_or(is_email)),
            ("address", self.address.as_deref().is_none_or(|text| is_plain(text, ADDRESS, true))),
            (
                "references",
                self.references.len() <= REFERENCES
                    && self.references.iter().all(|text| line(text))
                    && (1..self.references.len())
                        .all(|n| !self.references[..n].contains(&self.references[n])),
            ),
        ];
        match fields.iter().find(|(_, good)| !good) {
            Some((field, _)) => Err(CustomerProblem { field }),
            None => Ok(()),
        }
    }
}

fn is_plain(text: &str, most: usize, lines: bool) -> bool {
    // Marks that turn the direction of what follows make a name look like another one.
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let odd = |c: char| turns(c) || c.is_control() && !(lines && c == '\n');
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(odd)
}

/// Good enough to be written into a message's header: one `@`, something on both sides, no spaces. Whether it exists,
/// a delivery shows.
fn is_email(text: &str) -> bool {
    let odd =
        |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | '\\');
    text.len() <= EMAIL
        && !text.chars().any(odd)
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.len() <= 64
                && domain.split('.').all(|label| !label.is_empty())
                && !domain.contains('@')
        })
}
