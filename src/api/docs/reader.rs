//! What the page shows, read off the finished document and nothing else.

use super::example::{example, kind, resolved};
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;

/// Methods in the order an address shows them.
const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

/// The whole document.
#[derive(Debug, Hash, Serialize)]
pub(super) struct Docs {
    version: String,
    about: Vec<Text>,
    groups: Vec<Group>,
    schemas: Vec<Schema>,
    problems: Vec<Answer>,
}

/// A paragraph, in pieces that are code or not.
#[derive(Debug, Hash, Serialize)]
struct Text(Vec<Piece>);

#[derive(Debug, Hash, Serialize)]
struct Piece {
    code: bool,
    text: String,
}

/// Operations that belong together.
#[derive(Debug, Hash, Serialize)]
struct Group {
    name: String,
    about: String,
    operations: Vec<Operation>,
}

#[derive(Debug, Hash, Serialize)]
struct Operation {
    id: String,
    method: &'static str,
    path: String,
    summary: String,
    about: Vec<Text>,
    parameters: Vec<Field>,
    body: Option<Sample>,
    answers: Vec<Answer>,
    curl: Curl,
}

/// A parameter, or a field of a schema.
#[derive(Debug, Hash, Serialize)]
struct Field {
    name: String,
    place: String,
    required: bool,
    shape: Shape,
    about: Text,
}

/// What a value is: words around the name of a schema, if there is one.
#[derive(Debug, Default, Hash, Serialize)]
struct Shape {
    before: String,
    schema: Option<String>,
    after: String,
}

#[derive(Debug, Hash, Serialize)]
struct Answer {
    status: String,
    about: Text,
    sample: Option<Sample>,
}

/// What a body looks like.
#[derive(Debug, Hash, Serialize)]
struct Sample {
    kind: String,
    shape: Shape,
    json: String,
}

/// The parts of a command line, without the server's address.
#[derive(Debug, Hash, Serialize)]
struct Curl {
    method: Option<&'static str>,
    address: String,
    lines: Vec<String>,
}

#[derive(Debug, Hash, Serialize)]
struct Schema {
    name: String,
    about: Text,
    fields: Vec<Field>,
    json: String,
}

impl Docs {
    /// What `document` says.
    pub(super) fn of(document: &Value) -> Self {
        let tags = array(document.get("tags"));
        let group = |tag: &Value| Group {
            name: text(tag, "name"),
            about: text(tag, "description"),
            operations: operations(document, &text(tag, "name")),
        };
        let schemas = entries(document.pointer("/components/schemas"));
        let problems = entries(document.pointer("/components/responses"));
        Self {
            version: text(document.get("info").unwrap_or(&Value::Null), "version"),
            about: paragraphs(document.pointer("/info/description")),
            groups: tags.iter().map(group).filter(|group| !group.operations.is_empty()).collect(),
            schemas: schemas.map(|(name, schema)| Schema::of(document, name, schema)).collect(),
            problems: problems
                .map(|(status, answer)| Answer { sample: None, ..Answer::of(document, status, answer) })
                .collect(),
        }
    }
}

fn operations(document: &Value, tag: &str) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in entries(document.get("paths")) {
        for method in METHODS {
            let Some(operation) = item.get(method) else { continue };
            if array(operation.get("tags")).iter().any(|name| name == tag) {
                found.push(Operation::of(document, path, method, operation));
            }
        }
    }
    found
}

impl Operation {
    fn of(document: &Value, path: &str, method: &'static str, operation: &Value) -> Self {
        let parameters = array(operation.get("parameters"));
        let body = operation.get("requestBody").map(|body| Sample::first(document, body.get("content")));
        let body = body.flatten();
        let answers = entries(operation.get("responses"));
        Self {
            id: text(operation, "operationId"),
            method,
            path: path.to_owned(),
            summary: text(operation, "summary"),
            about: paragraphs(operation.get("description")),
            parameters: parameters.iter().map(Field::of_parameter).collect(),
            curl: Curl::of(document, path, method, parameters, body.as_ref()),
            body,
            answers: answers.map(|(status, answer)| Answer::of(document, status, answer)).collect(),
        }
    }
}

impl Field {
    fn of_parameter(parameter: &Value) -> Self {
        Self {
            name: text(parameter, "name"),
            place: text(parameter, "in"),
            required: parameter.get("required") == Some(&Value::Bool(true)),
            shape: Shape::of(parameter.get("schema").unwrap_or(&Value::Null)),
            about: Text::of(&text(parameter, "description")),
        }
    }
}

impl Shape {
    fn of(schema: &Value) -> Self {
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let name = target.rsplit('/').next().unwrap_or_default();
            return Self { schema: Some(name.to_owned()), ..Self::default() };
        }
        let choices = array(schema.get("oneOf"));
        let nullable = choices.iter().any(|choice| choice.get("type").is_some_and(|kind| kind == "null"));
        let mut shape = match choices.iter().find(|choice| choice.get("type").is_none_or(|kind| kind != "null")) {
            Some(choice) => Self::of(choice),
            None if kind(schema) == "array" => {
                let items = Self::of(schema.get("items").unwrap_or(&Value::Null));
                Self { before: format!("array of {}", items.before), ..items }
            }
            None => Self { before: words(schema), ..Self::default() },
        };
        if nullable || array(schema.get("type")).iter().any(|kind| kind == "null") {
            shape.after.push_str(" or null");
        }
        shape
    }
}

/// What a plain value may be, in words.
fn words(schema: &Value) -> String {
    let mut words = match text(schema, "format").as_str() {
        "date-time" => "time".to_owned(),
        _ => kind(schema).to_owned(),
    };
    let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
    match (bound("minimum"), bound("maximum")) {
        (Some(low), Some(high)) => _ = write!(words, " {low}–{high}"),
        (Some(low), None) if low > 0 => _ = write!(words, " from {low}"),
        (None, Some(high)) => _ = write!(words, " up to {high}"),
        (Some(_) | None, None) => {}
    }
    if let Some(longest) = bound("maxLength") {
        _ = write!(words, ", up to {longest} characters");
    }
    words
}

impl Answer {
    fn of(document: &Value, status: &str, answer: &Value) -> Self {
        let answer = resolved(document, answer);
        let sample = Sample::first(document, answer.get("content"));
        Self { status: status.to_owned(), about: Text::of(&text(answer, "description")), sample }
    }
}

impl Sample {
    /// What a body of the first of these kinds looks like.
    fn first(document: &Value, content: Option<&Value>) -> Option<Self> {
        let (kind, content) = entries(content).next()?;
        let schema = content.get("schema").unwrap_or(&Value::Null);
        let given = content.get("example").cloned();
        let value = given.unwrap_or_else(|| example(document, schema));
        // A body that is not JSON is given as text.
        let json =
            value.as_str().map_or_else(|| serde_json::to_string_pretty(&value).unwrap_or_default(), str::to_owned);
        Some(Self { kind: kind.to_owned(), shape: Shape::of(schema), json })
    }
}

impl Curl {
    fn of(document: &Value, path: &str, method: &'static str, parameters: &[Value], body: Option<&Sample>) -> Self {
        let mut address = path.to_owned();
        let mut lines = Vec::new();
        for parameter in parameters {
            let schema = parameter.get("schema").unwrap_or(&Value::Null);
            let value = parameter.get("example").cloned().unwrap_or_else(|| example(document, schema));
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let name = text(parameter, "name");
            match text(parameter, "in").as_str() {
                "path" => address = address.replace(&format!("{{{name}}}"), &value),
                // Only what the request cannot do without: the others are in the table.
                "query" if parameter.get("required") == Some(&Value::Bool(true)) => {
                    let sign = if address.contains('?') { '&' } else { '?' };
                    _ = write!(address, "{sign}{name}={value}");
                }
                _ => {}
            }
        }
        if let Some(body) = body {
            lines.push(format!("-H 'Content-Type: {}'", body.kind));
            let json: Value = serde_json::from_str(&body.json).unwrap_or_default();
            lines.push(format!("-d '{}'", json.to_string().replace('\'', "'\\''")));
        }
        let named = match method {
            "get" => None,
            "put" => Some("PUT"),
            "post" => Some("POST"),
            "patch" => Some("PATCH"),
            _ => Some("DELETE"),
        };
        Self { method: named, address, lines }
    }
}

impl Schema {
    fn of(document: &Value, name: &str, schema: &Value) -> Self {
        let required = array(schema.get("required"));
        let field = |(name, field): (&str, &Value)| Field {
            name: name.to_owned(),
            place: String::new(),
            required: required.iter().any(|required| required == name),
            shape: Shape::of(field),
            about: Text::of(&about(field)),
        };
        let json = serde_json::to_string_pretty(&example(document, schema)).unwrap_or_default();
        let fields = entries(schema.get("properties")).map(field).collect();
        Self { name: name.to_owned(), about: Text::of(&text(schema, "description")), fields, json }
    }
}

impl Text {
    fn of(text: &str) -> Self {
        let pieces = text.split('`').enumerate().filter(|(_, piece)| !piece.is_empty());
        Self(pieces.map(|(index, piece)| Piece { code: index % 2 == 1, text: piece.replace('\n', " ") }).collect())
    }
}

/// What is said about a field; of one that may be null it is said beside its other choice.
fn about(field: &Value) -> String {
    let mut places = std::iter::once(field).chain(array(field.get("oneOf"))).map(|place| text(place, "description"));
    places.find(|text| !text.is_empty()).unwrap_or_default()
}

fn paragraphs(value: Option<&Value>) -> Vec<Text> {
    let text = value.and_then(Value::as_str).unwrap_or_default();
    text.split("\n\n").filter(|paragraph| !paragraph.is_empty()).map(Text::of).collect()
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn array(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}
