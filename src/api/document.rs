//! The document around the handlers' own descriptions: what the API is, and what holds for every address.
//!
//! What can be read off an operation is added here instead of being said a hundred times: a path with a number can be
//! unknown, a body can be too large, a write takes an `Idempotency-Key`. Which problems are special to one operation is
//! said beside its handler.

use super::answer::Time;
use serde::Serialize;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::Type;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Content, HttpMethod, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, PathItem, Ref, RefOr,
    Required, Response, ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};

/// What a reader must know before the first request.
const ABOUT: &str = "What the gallery knows of its videos and does with them, as JSON over HTTP; images and the statistics are pages \
    only. The addresses below are all there are: the \
    document is made from the handlers that answer them.

Every change is an event in an append-only log. A change is answered after it is on disk and visible to everybody, and \
    names its `batch`, with which it can be undone. Changes are taken from programs and from the gallery's own pages, not \
    from pages of other sites.

Send an `Idempotency-Key` with a change that must not happen twice: the same key with the same request is carried out \
    once and answered every time, also after a restart. The same key with another request is a 422.

Rating and tags have an `ETag`. Send it back as `If-Match`, and the change is refused with 412 if somebody else was \
    faster. Every JSON answer to a GET has an `ETag` for `If-None-Match`.

Errors are `application/problem+json` (RFC 9457). Times are RFC 3339 in UTC, durations end in `_ms`, sizes in `_bytes`. \
    An unknown parameter or field is an error, not a wish that is passed over.

Addresses of the group `admin` are for programs on the machine of the server. From elsewhere, and through a proxy, they take the \
    token of the server: `Authorization: Bearer TOKEN`. It is printed when the server starts with `--lan`. Where one was \
    set with `--admin-token`, programs on the machine of the server have to send it, too.";

/// The groups of operations, in the order people read them.
const GROUPS: &[(&str, &str)] = &[
    ("videos", "Finding videos, and what is known of them."),
    ("rating", "Stars, 1 to 5."),
    ("favorite", "The heart."),
    ("tags", "Words attached to videos."),
    ("thumbnails", "Pictures made of videos: covers, and storyboards for scrubbing."),
    ("playback", "Views, and where to go on watching."),
    ("playlists", "Ordered lists of videos; the same video may stand in a list twice."),
    ("edits", "Changing many videos at once, and taking changes back."),
    ("gallery", "How the gallery is doing, and what has happened in it."),
    ("dashboard", "How the server is doing: the cards of `/admin`, for whoever may see the gallery."),
    ("admin", "Looking after the gallery: for programs on the machine of the server, or with its token."),
];

/// What went wrong, as RFC 9457 has it.
#[derive(Serialize, ToSchema)]
pub(super) struct Problem {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[schema(example = "about:blank")]
    r#type: String,
    /// What happened, in a few words.
    #[schema(example = "That did not make sense")]
    title: String,
    /// The status of the answer.
    #[schema(example = 400)]
    status: u16,
    /// What happened, in a sentence.
    #[schema(example = "The parameter `page` makes no sense. It is a whole number from 1.")]
    detail: String,
    /// The parameter or field that is wrong, if it is one.
    #[schema(required = false, example = "page")]
    field: Option<String>,
    /// What to look for in the server's log.
    #[schema(example = "9f3a1c0000000007")]
    request_id: String,
}

/// Problems that many operations share.
const PROBLEMS: &[(&str, &str)] = &[
    ("400", "A parameter or the body makes no sense; `field` says which"),
    ("401", "The request comes from another machine, or through a proxy, without the token of the server"),
    ("403", "The request comes from a page of another site, or with a wrong token"),
    ("404", "What the address names does not exist"),
    ("406", "The `Accept` header leaves out the kind of answer this address gives"),
    ("412", "Somebody else changed it since the `ETag` in `If-Match` was given out"),
    ("413", "The body is too large"),
    ("415", "The body is not `application/json`"),
    ("422", "A value in the body is not possible, or the `Idempotency-Key` was used for another request"),
    ("503", "Nothing can be written at the moment; `Retry-After` says when to ask again"),
];

/// The document before the handlers add their part.
pub(super) fn frame() -> OpenApi {
    let license = LicenseBuilder::new().name(env!("CARGO_PKG_LICENSE")).identifier(Some(env!("CARGO_PKG_LICENSE")));
    let info = InfoBuilder::new()
        .title("Local Video Server")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(license.build()))
        .build();
    let tag = |(name, about): &(&str, &str)| TagBuilder::new().name(*name).description(Some(*about)).build();
    OpenApiBuilder::new().info(info).tags(Some(GROUPS.iter().map(tag).collect::<Vec<_>>())).build()
}

/// The document with what holds for every operation.
pub(super) fn finished(mut api: OpenApi) -> OpenApi {
    for item in api.paths.paths.values_mut() {
        for (method, operation) in operations(item) {
            complete(&method, operation);
        }
    }
    let components = api.components.get_or_insert_default();
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    components.schemas.insert(Time::name().into_owned(), Time::schema());
    for (status, about) in PROBLEMS {
        components.responses.insert((*status).to_owned(), RefOr::T(problem(about)));
    }
    api
}

fn problem(about: &str) -> Response {
    let content = Content::new(Some(Ref::from_schema_name(Problem::name())));
    ResponseBuilder::new().description(about).content("application/problem+json", content).build()
}

fn operations(item: &mut PathItem) -> Vec<(HttpMethod, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [
        (HttpMethod::Get, get),
        (HttpMethod::Put, put),
        (HttpMethod::Post, post),
        (HttpMethod::Delete, delete),
        (HttpMethod::Patch, patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?))).collect()
}

/// Adds what follows from the shape of an operation.
fn complete(method: &HttpMethod, operation: &mut Operation) {
    let writes = *method != HttpMethod::Get;
    let parameters = operation.parameters.get_or_insert_default();
    if writes {
        parameters.push(RefOr::T(idempotency_key()));
    }
    let has = |wanted: ParameterIn, name: Option<&str>| {
        parameters.iter().any(|parameter| match parameter {
            RefOr::T(parameter) => parameter.parameter_in == wanted && name.is_none_or(|name| name == parameter.name),
            RefOr::Ref(_) => false,
        })
    };
    let body = operation.request_body.is_some();
    let guarded = operation.tags.iter().flatten().any(|tag| tag == "admin");
    let conditions = [
        ("400", writes || has(ParameterIn::Query, None)),
        ("401", guarded),
        ("403", writes || guarded),
        ("404", has(ParameterIn::Path, None)),
        ("406", true),
        ("412", has(ParameterIn::Header, Some("If-Match"))),
        ("413", body),
        ("415", body),
        ("422", writes),
        ("503", writes),
    ];
    let responses = &mut operation.responses.responses;
    for (status, _) in conditions.into_iter().filter(|(_, holds)| *holds) {
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::Ref(Ref::from_response_name(status)));
    }
    for response in
        responses.iter_mut().filter(|(status, _)| status.starts_with(['4', '5'])).map(|(_, response)| response)
    {
        if let RefOr::T(special) = response {
            *special = problem(&special.description);
        }
    }
    let json = |response: &RefOr<Response>| match response {
        RefOr::T(response) => response.content.contains_key("application/json"),
        RefOr::Ref(_) => false,
    };
    if !writes && responses.get("200").is_some_and(json) {
        let unchanged = ResponseBuilder::new().description("What the client has (`If-None-Match`) is still true");
        responses.insert("304".to_owned(), RefOr::T(unchanged.build()));
    }
}

fn idempotency_key() -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255)).build();
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("Makes the request count once, however often it is sent."))
        .schema(Some(text))
        .build()
}
