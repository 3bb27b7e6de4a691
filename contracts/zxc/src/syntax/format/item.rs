//! Items and members.

use super::{Doc, Formatter, list::Style, nodes::Node, statement::is_simple};
use crate::{
    source::Span,
    syntax::ast::{
        Action, Block, Contract, Enum, Event, EventField, File, Identifier, Invariant, Item, ItemKind, Member,
        MemberKind, Modifier, ModifierCall, Parameter, Record, Storage, StorageKind, Test, Use,
    },
};

impl Node for Item {
    fn span(&self) -> Span {
        self.span
    }

    fn is_spaced(&self) -> bool {
        match &self.kind {
            ItemKind::Contract(_) | ItemKind::Protocol(_) => true,
            ItemKind::Action(action) => action.body.as_ref().is_some_and(is_long),
            ItemKind::Test(test) => is_long(&test.body),
            ItemKind::Use(_) | ItemKind::Record(_) | ItemKind::Enum(_) | ItemKind::Event(_) => false,
        }
    }
}

impl Node for Member {
    fn span(&self) -> Span {
        self.span
    }

    fn is_spaced(&self) -> bool {
        match &self.kind {
            MemberKind::Action(action) => action.body.as_ref().is_some_and(is_long),
            MemberKind::Modifier(modifier) => is_long(&modifier.body),
            MemberKind::Test(test) => is_long(&test.body),
            _ => false,
        }
    }
}

/// Whether a body can't be on one line.
fn is_long(body: &Block) -> bool {
    match body.statements.as_slice() {
        [] => false,
        [single] => !is_simple(single),
        _ => true,
    }
}

impl<'a> Formatter<'a> {
    /// All of a file.
    pub(super) fn file(&self, file: &'a File) -> Doc<'a> {
        self.nodes(&file.items, u32::MAX, |item| self.item(item)).unwrap_or_else(|| self.nil())
    }

    fn item(&self, item: &'a Item) -> Doc<'a> {
        let export = self.text(if item.export.is_some() { "export " } else { "" });
        export.append(match &item.kind {
            ItemKind::Use(file) => self.use_file(file),
            ItemKind::Contract(contract) => self.contract(contract),
            ItemKind::Protocol(protocol) => self
                .text("protocol ")
                .append(protocol.name.name.as_str())
                .append(" ")
                .append(self.body(&protocol.members, protocol.body, |member| self.member(member))),
            ItemKind::Record(record) => self.record(record),
            ItemKind::Enum(declaration) => self.enumeration(declaration),
            ItemKind::Event(event) => self.event(event, item.span),
            ItemKind::Action(action) => self.action(action, item.span),
            ItemKind::Test(test) => self.test(test, item.span),
        })
    }

    fn use_file(&self, file: &'a Use) -> Doc<'a> {
        let path = self.text("use ").append(file.path.text.as_str());
        match &file.library {
            Some(library) => path.append(" from ").append(library.name.as_str()),
            None => path,
        }
    }

    fn contract(&self, contract: &'a Contract) -> Doc<'a> {
        let mut header = self.text("contract ").append(contract.name.name.as_str());
        for (index, protocol) in contract.implements.iter().enumerate() {
            header = header.append(if index == 0 { " implements " } else { ", " }).append(protocol.name.as_str());
        }
        header.append(" ").append(self.body(&contract.members, contract.body, |member| self.member(member)))
    }

    fn member(&self, member: &'a Member) -> Doc<'a> {
        match &member.kind {
            MemberKind::Storage(storage) => self.storage(storage),
            MemberKind::Event(event) => self.event(event, member.span),
            MemberKind::Modifier(modifier) => self.modifier(modifier, member.span),
            MemberKind::Action(action) => self.action(action, member.span),
            MemberKind::Invariant(invariant) => self.invariant(invariant),
            MemberKind::Record(record) => self.record(record),
            MemberKind::Enum(declaration) => self.enumeration(declaration),
            MemberKind::Test(test) => self.test(test, member.span),
        }
    }

    fn storage(&self, storage: &'a Storage) -> Doc<'a> {
        let word = match storage.kind {
            StorageKind::Persistent => "persistent storage ",
            StorageKind::Data => "data ",
            StorageKind::State => "state ",
            StorageKind::Ledger => "ledger ",
        };
        let mut doc = self.text(word).append(storage.name.name.as_str());
        if let Some(ty) = &storage.ty {
            doc = doc.append(": ").append(self.ty(ty));
        }
        if let Some(value) = &storage.value {
            doc = doc.append(" = ").append(self.expression(value));
        }
        doc
    }

    fn event(&self, event: &'a Event, span: Span) -> Doc<'a> {
        let doc = |field: &'a EventField| {
            let indexed = self.text(if field.indexed.is_some() { "indexed " } else { "" });
            indexed.append(field.name.name.as_str()).append(": ").append(self.ty(&field.ty))
        };
        let end = span.end.saturating_sub(1);
        let fields = self.list(Style::PARENTHESES, &event.fields, end, |field| field.span, doc);
        self.text("event ").append(event.name.name.as_str()).append(fields)
    }

    fn modifier(&self, modifier: &'a Modifier, span: Span) -> Doc<'a> {
        let mut header = self.text("modifier ").append(modifier.name.name.as_str());
        if !modifier.parameters.is_empty() {
            header = header.append(self.parameters(Style::PARENTHESES, &modifier.parameters, modifier.body.span.start));
        }
        let layout = self.layout(span, [&modifier.body]);
        header.append(" ").append(self.block(&modifier.body, layout)).group()
    }

    fn parameters(&self, style: Style, parameters: &'a [Parameter], end: u32) -> Doc<'a> {
        let doc = |parameter: &'a Parameter| {
            self.text(parameter.name.name.as_str()).append(": ").append(self.ty(&parameter.ty))
        };
        self.list(style, parameters, end, |parameter| parameter.span, doc)
    }

    fn action(&self, action: &'a Action, span: Span) -> Doc<'a> {
        let mut header = self.text("action ");
        for word in &action.kinds {
            header = header.append(word.kind.word()).append(" ");
        }
        header = header.append(action.name.name.as_str());
        let result = action.result.as_ref().map(|result| result.span.start);
        let modifier = action.modifiers.first().map(|modifier| modifier.span.start);
        let body = action.body.as_ref().map(|body| body.span.start);
        // Modifiers may stand before the result's type.
        let end = [result, modifier, body].into_iter().flatten().min().unwrap_or(span.end);
        header = header.append(self.parameters(Style::PARENTHESES, &action.parameters, end));
        if let Some(result) = &action.result {
            header = header.append(" -> ").append(self.ty(result));
        }
        for modifier in &action.modifiers {
            header = header.append(" ").append(self.modifier_call(modifier));
        }
        let Some(body) = &action.body else { return header };
        let layout = self.layout(span, [body]);
        header.append(" ").append(self.block(body, layout)).group()
    }

    fn modifier_call(&self, modifier: &'a ModifierCall) -> Doc<'a> {
        let name = self.text(modifier.name.name.as_str());
        if modifier.arguments.is_empty() {
            return name;
        }
        let end = modifier.span.end.saturating_sub(1);
        name.append(self.expressions(Style::PARENTHESES, &modifier.arguments, end))
    }

    fn invariant(&self, invariant: &'a Invariant) -> Doc<'a> {
        let condition = self.text("@invariant ").append(self.expression(&invariant.condition));
        match &invariant.message {
            Some(message) => condition.append(", ").append(message.text.as_str()),
            None => condition,
        }
    }

    fn record(&self, record: &'a Record) -> Doc<'a> {
        let first = record.fields.first().map(|field| field.span);
        let fields =
            self.parameters(self.braces(record.body, first), &record.fields, record.body.end.saturating_sub(1));
        self.text("record ").append(record.name.name.as_str()).append(" ").append(fields)
    }

    fn enumeration(&self, declaration: &'a Enum) -> Doc<'a> {
        let first = declaration.variants.first().map(|variant| variant.span);
        let style = self.braces(declaration.body, first);
        let end = declaration.body.end.saturating_sub(1);
        let doc = |variant: &'a Identifier| self.text(variant.name.as_str());
        let variants = self.list(style, &declaration.variants, end, |variant| variant.span, doc);
        self.text("enum ").append(declaration.name.name.as_str()).append(" ").append(variants)
    }

    /// Braces around what begins at `first`; one element a line where the writer began a line for the first.
    fn braces(&self, body: Span, first: Option<Span>) -> Style {
        let is_broken = first.is_some_and(|first| self.line(first.start) > self.line(body.start));
        Style { is_broken, ..Style::BRACES }
    }

    fn test(&self, test: &'a Test, span: Span) -> Doc<'a> {
        let layout = self.layout(span, [&test.body]);
        self.text("test ").append(test.name.text.as_str()).append(" ").append(self.block(&test.body, layout)).group()
    }
}
