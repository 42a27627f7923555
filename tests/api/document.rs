//! The OpenAPI document is well formed, and what the addresses answer is what it says.

use super::{ask, change, gallery, get};
use crate::admin::ended;
use crate::documents::expect_part;
use crate::support::TestApp;
use axum::http::{Method, StatusCode};
use serde_json::Value;
use std::collections::HashSet;
use std::fmt::Write as _;

/// Every operation of the document: method, path, description.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("the document has paths") {
        for (method, operation) in item.as_object().expect("a path has operations") {
            found.push((method.as_str(), path.as_str(), operation));
        }
    }
    found
}

/// What `$ref` leads to, or the value itself.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = value["$ref"].as_str().map(|target| target.strip_prefix('#').expect("references stay inside"));
    target.map_or(value, |pointer| document.pointer(pointer).expect(pointer))
}

/// Follows every reference below `value`.
fn resolve_all(document: &Value, value: &Value) {
    resolved(document, value);
    match value {
        Value::Array(values) => values.iter().for_each(|value| resolve_all(document, value)),
        Value::Object(fields) => fields.values().for_each(|value| resolve_all(document, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether `value` is what `schema` says, as far as this document uses JSON Schema; why not, if not.
fn fits(document: &Value, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    let schema = resolved(document, schema);
    if let Some(choices) = schema["oneOf"].as_array() {
        let fit = choices.iter().any(|choice| fits(document, choice, value, place).is_ok());
        return if fit { Ok(()) } else { Err(format!("{place}: {value} is none of the choices")) };
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
    if !kinds.iter().any(|known| known == kind) {
        return Err(format!("{place}: {value} is not of type {}", schema["type"]));
    }
    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
        fits(document, &schema["items"], value, &format!("{place}[{index}]"))?;
    }
    let Some(fields) = value.as_object() else { return Ok(()) };
    for required in schema["required"].as_array().into_iter().flatten() {
        let required = required.as_str().expect("a field has a name");
        if !fields.contains_key(required) {
            return Err(format!("{place}: `{required}` is missing"));
        }
    }
    if schema.get("properties").is_none() {
        // What the tools print, which is described with them.
        return Ok(());
    }
    for (name, value) in fields {
        let field = schema["properties"].get(name).ok_or_else(|| format!("{place}: `{name}` is not described"))?;
        fits(document, field, value, &format!("{place}.{name}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn the_document_is_well_formed() {
    let gallery = gallery();
    let answer = get(&gallery, "/openapi.json").await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/json"));
    let document = answer.json();
    assert_eq!(document["openapi"], "3.1.0");
    resolve_all(&document, &document);
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    assert!(schemas.values().all(|schema| schema["description"].is_string()), "{schemas:#?}");
    let groups: HashSet<&str> =
        document["tags"].as_array().expect("tags").iter().filter_map(|tag| tag["name"].as_str()).collect();
    let mut ids = HashSet::new();
    for (method, path, operation) in operations(&document) {
        let place = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().expect(&place)), "{place}: the operationId is taken");
        assert!(operation["summary"].as_str().is_some_and(|summary| summary.len() < 60), "{place}: no short summary");
        assert!(
            operation["tags"]
                .as_array()
                .is_some_and(|tags| tags.iter().all(|tag| groups.contains(tag.as_str().unwrap_or("")))),
            "{place}: no known group"
        );
        let responses = operation["responses"].as_object().expect(&place);
        assert!(responses.keys().any(|status| status.starts_with('2')), "{place}: no answer of success");
        for (status, response) in responses {
            let response = resolved(&document, response);
            assert!(response["description"].is_string(), "{place} {status}: no description");
            let problem = &response["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(
                status.starts_with('4') || status.starts_with('5'),
                problem == "#/components/schemas/Problem",
                "{place} {status}"
            );
        }
        let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        let in_path: Vec<&str> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let expected: Vec<&str> = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        assert_eq!(in_path, expected, "{place}: the parameters of the path");
        assert!(
            parameters.iter().all(|parameter| parameter["description"].is_string()),
            "{place}: a parameter without description"
        );
    }
    gallery.close();
}

#[tokio::test]
async fn the_document_in_the_repository_lists_every_operation() {
    let gallery = gallery();
    let document = get(&gallery, "/openapi.json").await.json();
    gallery.close();
    let mut table = String::from("| | address below `/api/v1` | what it does |\n|---|---|---|\n");
    for (method, path, operation) in operations(&document) {
        let (method, path) = (method.to_uppercase(), path.trim_start_matches("/api/v1"));
        let summary = operation["summary"].as_str().expect("a summary");
        writeln!(table, "| {method} | `{path}` | {summary} |").expect("text");
    }
    expect_part("docs/API.md", "operations", &table);
}

/// The address of an operation with the example of each parameter that the path needs.
fn example_address(path: &str, operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    parameters.iter().filter(|parameter| parameter["in"] == "path").fold(path.to_owned(), |address, parameter| {
        let example = &parameter["example"];
        let example = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        address.replace(&format!("{{{}}}", parameter["name"].as_str().expect("a name")), &example)
    })
}

/// The job of the administration and the viewing that the examples name.
async fn finished_job(gallery: &TestApp) {
    change(gallery, Method::POST, "/videos/1/views", &[], "").await;
    change(gallery, Method::POST, "/admin/rebuild", &[], "").await;
    ended(gallery, 1).await;
}

#[tokio::test]
async fn every_get_answers_as_the_document_says() {
    let gallery = gallery();
    let document = get(&gallery, "/openapi.json").await.json();
    finished_job(&gallery).await;
    for (_, path, operation) in operations(&document).into_iter().filter(|(method, ..)| *method == "get") {
        let known = &operation["responses"]["200"]["content"];
        let kind = known.as_object().and_then(|kinds| kinds.keys().next()).expect("a read answers with something");
        if kind == "text/event-stream" {
            continue;
        }
        let address = example_address(path, operation);
        let answer = ask(&gallery, Method::GET, &address, &[("accept", kind)], "").await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (StatusCode::OK, kind.as_str()),
            "{address}: {}",
            answer.text()
        );
        if kind == "application/json" {
            fits(&document, &known[kind]["schema"], &answer.json(), &address).expect("the answer is as described");
            let again = ask(&gallery, Method::GET, &address, &[("if-none-match", answer.header("etag"))], "").await;
            // To be asked how it is doing is something that the server does: the answer may be another one.
            let moves = operation["tags"][0] == "dashboard" && again.header("etag") != answer.header("etag");
            assert!(moves || (again.status, again.body.len()) == (StatusCode::NOT_MODIFIED, 0), "{address}");
        }
        for (headers, expected) in [(&[("accept", "image/png")][..], "406"), (&[("accept", "*/*")][..], "200")] {
            let answer = ask(&gallery, Method::GET, &address, headers, "").await;
            assert_eq!(answer.status.as_str(), expected, "{address}");
            assert!(operation["responses"].get(expected).is_some(), "{address}: {expected} is not described");
        }
        let answer = ask(&gallery, Method::TRACE, &address, &[], "").await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{address}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert!(answer.header("allow").contains("GET"), "{address}: {:?}", answer.header("allow"));
    }
    gallery.close();
}

/// An example of the body that an operation takes, put together from the document.
fn example_body(document: &Value, schema: &Value) -> Value {
    let schema = resolved(document, schema);
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    let field = |(name, schema): (&String, &Value)| (name.clone(), example_body(document, schema));
    schema["properties"].as_object().expect("a body is an object").iter().map(field).collect()
}

#[tokio::test]
async fn every_change_answers_as_the_document_says() {
    let described = gallery();
    let document = get(&described, "/openapi.json").await.json();
    described.close();
    for (method, path, operation) in operations(&document).into_iter().filter(|(method, ..)| *method != "get") {
        let gallery = gallery();
        finished_job(&gallery).await;
        let place = format!("{method} {path}");
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
        let address = example_address(path, operation);
        let address = address.strip_prefix("/api/v1").expect(&place);
        if operation["requestBody"]["content"].get("multipart/form-data").is_some() {
            // A form with files is no JSON; what comes of one is tested where files are imported.
            gallery.close();
            continue;
        }
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let body = if schema.is_null() { String::new() } else { example_body(&document, schema).to_string() };
        let answer = change(&gallery, method.clone(), address, &[("idempotency-key", "k")], &body).await;
        // A gallery without folders knows none, and one that was sent nothing has read nothing; what is done with these is
        // tested where there are some.
        let without = [("/accept-missing", StatusCode::NOT_FOUND), ("/import", StatusCode::CONFLICT)];
        if let Some((_, status)) = without.into_iter().find(|(end, _)| path.ends_with(end)) {
            assert!(answer.status == status && operation["responses"].get(status.as_str()).is_some(), "{place}");
            gallery.close();
            continue;
        }
        assert!(answer.status.is_success(), "{place} {body}: {} {}", answer.status, answer.text());
        let response = operation["responses"].get(answer.status.as_str()).expect(&place);
        let content = &response["content"]["application/json"];
        match answer.body.is_empty() {
            true => assert!(content.is_null(), "{place}: an answer was promised"),
            false => fits(&document, &content["schema"], &answer.json(), &place).expect("the answer is as described"),
        }
        let again = change(&gallery, method.clone(), address, &[("idempotency-key", "k")], &body).await;
        assert_eq!(again.status, answer.status, "{place}: the same request again");
        // What goes wrong with every change of this kind, and what the document says about it.
        let mut wrong = vec![(
            403,
            change(&gallery, method.clone(), address, &[("origin", "http://elsewhere.example")], &body).await,
        )];
        wrong.push((400, change(&gallery, method.clone(), address, &[("idempotency-key", "")], &body).await));
        if !body.is_empty() {
            wrong.push((422, change(&gallery, method.clone(), address, &[], r#"{"no such field": 1}"#).await));
            wrong.push((400, change(&gallery, method.clone(), address, &[], "{").await));
            wrong.push((
                413,
                change(&gallery, method.clone(), address, &[], &format!("\"{}\"", "x".repeat(2 << 20))).await,
            ));
            wrong.push((415, ask(&gallery, method.clone(), &format!("/api/v1{address}"), &[], &body).await));
        }
        for (status, answer) in wrong {
            assert_eq!(answer.status.as_u16(), status, "{place}: {}", answer.text());
            assert_eq!(answer.header("content-type"), "application/problem+json", "{place} {status}");
            assert!(operation["responses"].get(status.to_string()).is_some(), "{place}: {status} is not described");
        }
        // Written in order, so after this one what was answered with 202 is written too.
        change(&gallery, Method::PUT, "/videos/3/favorite", &[], "").await;
        gallery.close();
    }
}

#[tokio::test]
async fn the_page_shows_every_operation_and_schema() {
    let gallery = gallery();
    let document = get(&gallery, "/openapi.json").await.json();
    let answer = gallery.get("/api/docs").await;
    assert_eq!(answer.status, StatusCode::OK);
    let page = answer.text().replace("&#x2f;", "/");
    for (_, path, operation) in operations(&document) {
        assert!(page.contains(&format!("id=\"{}\"", operation["operationId"].as_str().expect("an id"))), "{path}");
        assert!(page.contains(path), "{path}");
    }
    for name in document["components"]["schemas"].as_object().expect("schemas").keys() {
        assert!(page.contains(&format!("id=\"schema-{name}\"")), "{name}");
    }
    gallery.close();
}
