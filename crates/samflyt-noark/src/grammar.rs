//! What a grammar is made of: the part of XML Schema that the archive's standards use.

/// A type with elements, in their order.
#[derive(Debug)]
pub struct Complex {
    /// As `xsi:type` and the member `@type` name it.
    pub name: &'static str,
    /// The namespace of its elements.
    pub namespace: &'static str,
    /// What it extends: those elements come first, in that type's namespace.
    pub base: Option<&'static Complex>,
    pub elements: &'static [Element],
}

/// An element of a complex type.
#[derive(Debug)]
pub struct Element {
    pub name: &'static str,
    pub content: Content,
    pub required: bool,
    /// May come more than once: an array in a document.
    pub many: bool,
    /// Of the elements of a type with the same number, at most one may be there (and one must, where they are required);
    /// 0: no choice.
    pub choice: u8,
}

/// What an element holds.
#[derive(Debug)]
pub enum Content {
    Text(Simple),
    Complex(&'static Complex),
    /// The first is what an element without `xsi:type` is, if the others extend it. Otherwise what they extend is abstract,
    /// is not among them, and the type must be named.
    Derived(&'static [&'static Complex]),
    /// A type whose whole sequence may come again and again inside the element: a list of objects in a document. In XML
    /// nothing marks where one ends: a new one begins where an element comes that cannot follow in the last.
    Repeated(&'static Complex),
    /// `xs:anyType`.
    Any,
}

/// What text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Simple {
    /// `xs:string`.
    String,
    /// At least one character.
    NonEmpty,
    /// A UUID in its usual form.
    Uuid,
    /// `xs:int`.
    Int,
    /// `xs:int`, 0 or more.
    Count,
    /// `xs:integer` without a limit of size, 0 or more: file sizes in the extraction.
    Bytes,
    /// `xs:double`.
    Double,
    Boolean,
    /// `xs:date`.
    Date,
    /// `xs:dateTime`.
    DateTime,
    /// Two capital letters (ISO 3166-1).
    Land,
    OneOf(&'static [&'static str]),
}

/// The root element of a message or a file.
#[derive(Debug)]
pub struct Root {
    pub name: &'static str,
    pub namespace: &'static str,
    pub content: &'static Complex,
}

impl Complex {
    /// The same type of another schema: its elements in that schema's namespace.
    pub(crate) const fn in_namespace(&self, namespace: &'static str) -> Self {
        Self { name: self.name, namespace, base: self.base, elements: self.elements }
    }

    /// All elements, the base's first, each with its namespace.
    pub fn all(&'static self) -> Vec<(&'static str, &'static Element)> {
        let mut all = self.base.map(Self::all).unwrap_or_default();
        all.extend(self.elements.iter().map(|element| (self.namespace, element)));
        all
    }

    /// Whether it is the other type, or extends it.
    pub fn is_a(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.base.is_some_and(|base| base.is_a(other))
    }
}

/// What an element of these types is that does not name its type.
pub fn unnamed(types: &[&'static Complex]) -> Option<&'static Complex> {
    types.first().copied().filter(|first| types.iter().all(|of| of.is_a(first)))
}

impl Element {
    const fn new(name: &'static str, content: Content) -> Self {
        Self { name, content, required: true, many: false, choice: 0 }
    }

    pub const fn text(name: &'static str, simple: Simple) -> Self {
        Self::new(name, Content::Text(simple))
    }

    pub const fn of(name: &'static str, complex: &'static Complex) -> Self {
        Self::new(name, Content::Complex(complex))
    }

    pub const fn derived(name: &'static str, types: &'static [&'static Complex]) -> Self {
        Self::new(name, Content::Derived(types))
    }

    pub const fn repeated(name: &'static str, complex: &'static Complex) -> Self {
        Self::new(name, Content::Repeated(complex))
    }

    pub const fn any(name: &'static str) -> Self {
        Self::new(name, Content::Any)
    }

    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    #[must_use]
    pub const fn many(mut self) -> Self {
        self.many = true;
        self
    }

    /// Exactly one of those with this number.
    #[must_use]
    pub const fn one_of(mut self, number: u8) -> Self {
        self.choice = number;
        self
    }

    /// At most one of those with this number.
    #[must_use]
    pub const fn choice(mut self, number: u8) -> Self {
        self.choice = number;
        self.required = false;
        self
    }
}
