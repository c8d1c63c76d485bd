//! Elements of the page: Leptos views of one single type.
//!
//! The `view!` macro makes a type of every piece of page, and code to build, patch and remove each. Here every element is
//! an [`El`], and what follows a topic is drawn anew: a third of the code, measured (`docs/adr/`). Texts become text
//! nodes, always.

use std::rc::Rc;

use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::types::{Element, Node};
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::live::{Live, live};
use crate::browser::{Event, document};

/// An element that is being put together. It is one pointer, so that passing it on costs next to nothing.
pub(crate) struct El(Box<Parts>);

struct Parts {
    tag: &'static str,
    attributes: Vec<(&'static str, Value)>,
    children: Vec<Child>,
}

enum Value {
    Fixed(String),
    Live(Box<dyn Fn() -> Option<String> + Send>),
    Listener(Box<dyn FnMut(Event) + Send>),
}

enum Child {
    Text(String),
    Element(El),
    Live(Box<dyn FnMut() -> Vec<El> + Send>),
}

/// An element on the page, with what keeps it alive.
pub(crate) struct Built {
    node: Element,
    #[expect(dead_code, reason = "held so that it lives as long as its element")]
    kept: Vec<Kept>,
}

#[expect(dead_code, reason = "held so that it lives as long as its element")]
enum Kept {
    Live(Rc<Live>),
    Listener(Closure<dyn FnMut(Event)>),
    Child(Built),
}

/// An element with this tag.
#[inline(never)]
pub(crate) fn h(tag: &'static str) -> El {
    El(Box::new(Parts { tag, attributes: Vec::new(), children: Vec::new() }))
}

/// What is not generic is never inlined: a page is hundreds of these calls.
impl El {
    /// Sets an attribute.
    #[inline(never)]
    pub(crate) fn at(self, name: &'static str, value: &str) -> El {
        self.attribute(name, Value::Fixed(value.to_owned()))
    }

    /// Sets the class.
    #[inline(never)]
    pub(crate) fn class(self, class: &str) -> El {
        self.at("class", class)
    }

    /// Sets an attribute that follows topics; `None` takes it away.
    pub(crate) fn live_at(
        self,
        name: &'static str,
        value: impl Fn() -> Option<String> + Send + 'static,
    ) -> El {
        self.attribute(name, Value::Live(Box::new(value)))
    }

    /// Listens to an event.
    pub(crate) fn on(self, event: &'static str, act: impl FnMut(Event) + Send + 'static) -> El {
        self.attribute(event, Value::Listener(Box::new(act)))
    }

    /// Adds a text.
    #[inline(never)]
    pub(crate) fn text(self, text: &str) -> El {
        self.child(Child::Text(text.to_owned()))
    }

    /// Adds an element.
    #[inline(never)]
    pub(crate) fn kid(self, element: El) -> El {
        self.child(Child::Element(element))
    }

    /// Adds elements.
    pub(crate) fn kids(self, elements: impl IntoIterator<Item = El>) -> El {
        elements.into_iter().fold(self, El::kid)
    }

    /// Adds elements that follow topics: they are drawn anew whenever one of those changes.
    pub(crate) fn live(self, view: impl FnMut() -> Vec<El> + Send + 'static) -> El {
        self.child(Child::Live(Box::new(view)))
    }

    #[inline(never)]
    fn attribute(mut self, name: &'static str, value: Value) -> El {
        self.0.attributes.push((name, value));
        self
    }

    #[inline(never)]
    fn child(mut self, child: Child) -> El {
        self.0.children.push(child);
        self
    }
}

impl Render for El {
    type State = Built;

    #[inline(never)]
    fn build(self) -> Built {
        let Parts { tag, attributes, children } = *self.0;
        // The tags are literals of this page, each a valid name.
        let node = document().create_element(tag).expect("a tag is a valid name");
        let mut kept = Vec::new();
        for (name, value) in attributes {
            match value {
                Value::Fixed(value) => set(&node, name, Some(value)),
                Value::Live(value) => {
                    let node = node.clone();
                    kept.push(Kept::Live(live(Box::new(move || set(&node, name, value())))));
                }
                Value::Listener(act) => {
                    let act: Box<dyn FnMut(Event)> = act;
                    let listener = Closure::wrap(act);
                    // Adding a listener cannot fail.
                    let _ = node.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
                    kept.push(Kept::Listener(listener));
                }
            }
        }
        for child in children {
            match child {
                Child::Text(text) => append(&node, &document().create_text_node(&text), None),
                Child::Element(element) => {
                    let built = element.build();
                    append(&node, &built.node, None);
                    kept.push(Kept::Child(built));
                }
                Child::Live(mut view) => {
                    let end: Node = document().create_text_node("").into();
                    append(&node, &end, None);
                    let parent = node.clone();
                    let mut built: Vec<Built> = Vec::new();
                    kept.push(Kept::Live(live(Box::new(move || {
                        for mut old in built.drain(..) {
                            old.unmount();
                        }
                        for new in view() {
                            let new = new.build();
                            append(&parent, &new.node, Some(&end));
                            built.push(new);
                        }
                    }))));
                }
            }
        }
        Built { node, kept }
    }

    fn rebuild(self, state: &mut Built) {
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl Mountable for Built {
    fn unmount(&mut self) {
        self.node.remove();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        append(parent, &self.node, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let parent = self.node.parent_element();
        if let Some(parent) = &parent {
            child.mount(parent, Some(&self.node));
        }
        parent.is_some()
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.node.clone()]
    }
}

fn set(node: &Element, name: &str, value: Option<String>) {
    // The names are literals of this page, each a valid one.
    let _ = match value {
        Some(value) => node.set_attribute(name, &value),
        None => node.remove_attribute(name),
    };
}

fn append(parent: &Element, node: &Node, before: Option<&Node>) {
    // A node that was just made can be put anywhere.
    let _ = parent.insert_before(node, before);
}

/// The page is drawn in the browser only: what a server would need is never called.
impl RenderHtml for El {
    type AsyncOutput = El;
    type Owned = El;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> El {
        self
    }

    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {}

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Built {
        self.build()
    }

    fn into_owned(self) -> El {
        self
    }
}

impl AddAnyAttr for El {
    type Output<New: Attribute> = El;

    fn add_any_attr<New: Attribute>(self, _: New) -> El {
        self
    }
}
