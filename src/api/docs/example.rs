//! An example value for a schema, put together from the examples of its parts.

use serde_json::{Map, Value, json};

/// How deep references are followed; a schema that names itself ends there.
const DEPTH_MAX: usize = 8;

/// What a value of `schema` may look like.
pub(super) fn example(document: &Value, schema: &Value) -> Value {
    of(document, schema, DEPTH_MAX)
}

/// What `$ref` leads to, or the value itself.
pub(super) fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = value.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
    target.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

fn of(document: &Value, schema: &Value, depth: usize) -> Value {
    let schema = resolved(document, schema);
    if depth == 0 {
        return Value::Null;
    }
    let given = schema.get("example").or_else(|| schema.pointer("/examples/0"));
    if let Some(given) = given {
        return given.clone();
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        let choices = schema.get(key).and_then(Value::as_array);
        let choice = choices.and_then(|choices| choices.iter().find(|choice| kind(choice) != "null"));
        if let Some(choice) = choice {
            return of(document, choice, depth - 1);
        }
    }
    match kind(schema) {
        "object" => {
            let fields = schema.get("properties").and_then(Value::as_object);
            let field = |(name, field): (&String, &Value)| (name.clone(), of(document, field, depth - 1));
            Value::Object(fields.map(|fields| fields.iter().map(field).collect::<Map<_, _>>()).unwrap_or_default())
        }
        "array" => json!([of(document, schema.get("items").unwrap_or(&Value::Null), depth - 1)]),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(true),
        "string" => schema.pointer("/enum/0").cloned().unwrap_or(json!("text")),
        _ => Value::Null,
    }
}

/// The first type of a schema that is not `null`.
pub(super) fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or(""),
        _ => "",
    }
}
