//! From bytes to blocks: one a FEATURE, with its settings as they are written.

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::escape::{EscapeError, unescape};
use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesDecl, BytesStart, Event};

use crate::lmx::{Fault, FaultKind, MAX_BYTES, MAX_FEATURES, MAX_SETTINGS, MAX_VALUE, Place};

/// A FEATURE.
pub(super) struct Block {
    pub(super) at: Place,
    pub(super) name: Option<Setting>,
    /// Its settings, in order; the names in capitals.
    pub(super) settings: Vec<Setting>,
    /// Host ids of clients, all together.
    pub(super) clients: Vec<Setting>,
    /// Host ids of servers, one list a server.
    pub(super) servers: Vec<Vec<Setting>>,
}

/// A name and a value, and where.
pub(super) struct Setting {
    pub(super) at: Place,
    pub(super) name: String,
    pub(super) value: String,
}

/// What is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    File,
    Feature,
    Setting,
    Client,
    Server,
}

impl Element {
    fn name(self) -> &'static str {
        match self {
            Element::File => "LICENSEFILE",
            Element::Feature => "FEATURE",
            Element::Setting => "SETTING",
            Element::Client => "CLIENT_HOSTID",
            Element::Server => "SERVER_HOSTID",
        }
    }

    /// The element of this name, where it may stand.
    fn inside(open: Option<Element>, name: &str) -> Option<Element> {
        let children: &[Element] = match open {
            None => &[Element::File, Element::Feature],
            Some(Element::File) => &[Element::Feature],
            Some(Element::Feature) => &[Element::Setting, Element::Client, Element::Server],
            Some(Element::Client | Element::Server) => &[Element::Setting],
            Some(Element::Setting) => &[],
        };
        children.iter().copied().find(|child| child.name().eq_ignore_ascii_case(name))
    }
}

/// The blocks of a file, and its text without a byte order mark.
pub(super) fn blocks(bytes: &[u8]) -> Result<(&str, Vec<Block>), Fault> {
    let first = Place { line: 1, column: 1 };
    if bytes.len() > MAX_BYTES {
        return Err(Fault { at: first, kind: FaultKind::TooLarge });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = core::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            return Err(Fault { at: Place::of(good, good.len()), kind: FaultKind::Encoding });
        }
    };
    let mut parser = Parser { text, reader: Reader::from_str(text), open: Vec::new(), blocks: Vec::new() };
    // The variant `<FEATURE="f1">` ends with `</FEATURE>`: names are compared here.
    parser.reader.config_mut().check_end_names = false;
    parser.reader.config_mut().check_comments = true;
    parser.run()?;
    Ok((text, parser.blocks))
}

struct Parser<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    open: Vec<Element>,
    blocks: Vec<Block>,
}

impl<'a> Parser<'a> {
    fn run(&mut self) -> Result<(), Fault> {
        loop {
            let offset = position(self.reader.buffer_position());
            match self.reader.read_event() {
                Err(error) => return Err(self.broken(&error)),
                Ok(Event::Start(tag)) => self.start(&tag, offset, false)?,
                Ok(Event::Empty(tag)) => self.start(&tag, offset, true)?,
                Ok(Event::End(tag)) => self.end(tag.trim(), offset)?,
                Ok(Event::Text(text)) => self.blank(&text, offset)?,
                Ok(Event::CData(text)) => self.blank(&text, offset)?,
                Ok(Event::GeneralRef(_)) => return Err(self.fault(offset, FaultKind::Text)),
                Ok(Event::DocType(_)) => return Err(self.fault(offset, FaultKind::DocumentType)),
                Ok(Event::Decl(declared)) => self.declaration(&declared, offset)?,
                Ok(Event::Comment(_) | Event::PI(_)) => {}
                Ok(Event::Eof) => break,
            }
        }
        match self.open.last() {
            Some(open) => {
                let kind = FaultKind::Xml(format!("{} is not ended", open.name()));
                Err(self.fault(self.text.len(), kind))
            }
            None => Ok(()),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, offset: usize, empty: bool) -> Result<(), Fault> {
        // `<FEATURE="f1">`: what begins with a name and `=` is a tag whose name is its first attribute.
        let content: &str = tag;
        let name_ends =
            content.find(|c: char| c == '=' || c == '/' || c.is_whitespace()).unwrap_or(content.len());
        let name = &content[..name_ends];
        let variant = content[name_ends..].trim_start().starts_with('=');
        let Some(element) = Element::inside(self.open.last().copied(), name) else {
            return Err(self.fault(offset, FaultKind::Element(name.to_owned())));
        };
        let at = Place::of(self.text, offset);
        if variant && element != Element::Feature {
            return Err(Fault { at, kind: FaultKind::Element(name.to_owned()) });
        }
        let from = if variant { 0 } else { name_ends };
        let attributes = self.attributes(content, from, offset + 1)?;
        match element {
            Element::File => {}
            Element::Feature => self.feature(at, attributes)?,
            Element::Setting => self.settings(attributes)?,
            Element::Client => {}
            Element::Server => {
                if let Some(block) = self.blocks.last_mut() {
                    block.servers.push(Vec::new());
                }
            }
        }
        if !empty {
            self.open.push(element);
        }
        Ok(())
    }

    fn feature(&mut self, at: Place, attributes: Vec<Setting>) -> Result<(), Fault> {
        if self.blocks.len() == MAX_FEATURES {
            return Err(Fault { at, kind: FaultKind::TooMany });
        }
        let (mut names, settings): (Vec<_>, Vec<_>) =
            attributes.into_iter().partition(|it| matches!(it.name.as_str(), "NAME" | "FEATURE"));
        if let Some(second) = names.get(1) {
            return Err(Fault { at: second.at, kind: FaultKind::Repeated("NAME".to_owned()) });
        }
        let name = names.pop();
        self.blocks.push(Block { at, name, settings, clients: Vec::new(), servers: Vec::new() });
        Ok(())
    }

    fn settings(&mut self, attributes: Vec<Setting>) -> Result<(), Fault> {
        let Some(block) = self.blocks.last_mut() else { return Ok(()) };
        let list = match self.open.last() {
            Some(Element::Client) => &mut block.clients,
            Some(Element::Server) => match block.servers.last_mut() {
                Some(server) => server,
                None => return Ok(()),
            },
            _ => &mut block.settings,
        };
        list.extend(attributes);
        let all =
            block.settings.len() + block.clients.len() + block.servers.iter().map(Vec::len).sum::<usize>();
        if all > MAX_SETTINGS || block.servers.len() > MAX_SETTINGS {
            return Err(Fault { at: block.at, kind: FaultKind::TooMany });
        }
        Ok(())
    }

    /// The attributes of a tag whose content begins at an offset of the text.
    fn attributes(&self, content: &str, from: usize, offset: usize) -> Result<Vec<Setting>, Fault> {
        let mut list = Vec::new();
        for attribute in Attributes::new(content, from) {
            let attribute = attribute
                .map_err(|error| self.fault(offset, FaultKind::Xml(Error::InvalidAttr(error).to_string())))?;
            // Both are parts of the one tag.
            let key = attribute.key.as_ref();
            let within = (key.as_ptr() as usize).saturating_sub(content.as_ptr() as usize);
            let at = Place::of(self.text, offset + within);
            let name = key.to_ascii_uppercase();
            let value = unescape(&attribute.value)
                .map_err(|error| Fault { at, kind: wrong_entity(&error) })?
                .into_owned();
            if value.len() > MAX_VALUE || value.contains(char::is_control) {
                return Err(Fault { at, kind: FaultKind::too_long(&name) });
            }
            list.push(Setting { at, name, value });
        }
        Ok(list)
    }

    fn end(&mut self, name: &str, offset: usize) -> Result<(), Fault> {
        match self.open.pop() {
            Some(open) if open.name().eq_ignore_ascii_case(name) => Ok(()),
            _ => Err(self.fault(offset, FaultKind::End(name.to_owned()))),
        }
    }

    fn blank(&self, text: &str, offset: usize) -> Result<(), Fault> {
        match text.find(|c: char| !c.is_whitespace()) {
            Some(at) => Err(self.fault(offset + at, FaultKind::Text)),
            None => Ok(()),
        }
    }

    fn declaration(&self, declared: &BytesDecl<'_>, offset: usize) -> Result<(), Fault> {
        let known = match declared.encoding() {
            None => true,
            Some(Ok(name)) => {
                ["utf-8", "us-ascii"].iter().any(|known| name.eq_ignore_ascii_case(known))
                    || self.text.is_ascii()
            }
            Some(Err(_)) => false,
        };
        if known { Ok(()) } else { Err(self.fault(offset, FaultKind::Encoding)) }
    }

    fn fault(&self, offset: usize, kind: FaultKind) -> Fault {
        Fault { at: Place::of(self.text, offset), kind }
    }

    fn broken(&self, error: &Error) -> Fault {
        let kind = match error {
            Error::IllFormed(IllFormedError::UnmatchedEndTag(name)) => FaultKind::End(name.trim().to_owned()),
            Error::Escape(error) => wrong_entity(error),
            other => FaultKind::Xml(other.to_string()),
        };
        self.fault(position(self.reader.error_position()), kind)
    }
}

fn wrong_entity(error: &EscapeError) -> FaultKind {
    match error {
        EscapeError::UnrecognizedEntity(_, name) => FaultKind::Entity(name.clone()),
        other => FaultKind::Xml(other.to_string()),
    }
}

fn position(offset: u64) -> usize {
    // A file of at most MAX_BYTES.
    usize::try_from(offset).unwrap_or(usize::MAX)
}
