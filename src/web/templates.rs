//! The HTML templates and the words they have beyond minijinja's: `asset` and the filters of [`human`].
//!
//! Embedded and parsed once at start; an unknown name in a template is an error, never an empty string.
//! Knows nothing of videos: what a page shows is decided in `pages`.

use super::assets::Assets;
use super::error::{self, ErrorView};
use super::human;
use super::time;
use jiff::tz::TimeZone;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, context};
use rust_embed::RustEmbed;
use serde::Serialize;
use std::sync::Arc;
use xxhash_rust::xxh3::Xxh3Default;

#[derive(RustEmbed)]
#[folder = "templates"]
struct Sources;

/// A template that is not well formed, or that names what its page has not.
#[derive(Debug, thiserror::Error)]
#[error("failed to read or draw a template")]
pub struct TemplateError(#[from] Error);

/// All templates, ready to draw. Cloning is cheap.
#[derive(Clone)]
pub struct Templates {
    environment: Arc<Environment<'static>>,
    edition: u64,
}

impl Templates {
    /// The templates of this program. Dates are shown in `zone`, `assets` are the files of `static/`.
    ///
    /// # Errors
    /// A template that does not parse.
    pub fn new(zone: TimeZone, assets: Assets) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        // Whatever their names end in, all parts become HTML.
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        let mut edition = Xxh3Default::new();
        for name in Sources::iter() {
            let Some(source) = Sources::get(&name) else { continue };
            edition.update(&source.data);
            environment.add_template_owned(name.into_owned(), String::from_utf8_lossy(&source.data).into_owned())?;
        }
        // The addresses of all assets change when one of them does.
        edition.update(assets.url("app.css").unwrap_or_default().as_bytes());
        environment.add_function("asset", move |name: &str| {
            assets
                .url(name)
                .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("there is no static/{name}")))
        });
        add_filters(&mut environment, zone);
        Ok(Self { environment: Arc::new(environment), edition: edition.digest() })
    }

    /// Draws `page` with the template `name`.
    ///
    /// # Errors
    /// The template names something that the page has not.
    pub fn render(&self, name: &str, page: &impl Serialize) -> Result<String, TemplateError> {
        self.render_in(name, page, Frame::default())
    }

    /// Draws `page` with the template `name` inside this `frame`.
    ///
    /// # Errors
    /// The template names something that the page has not.
    pub fn render_in(&self, name: &str, page: &impl Serialize, frame: Frame) -> Result<String, TemplateError> {
        let context = context! { page => Serde(page), frame => Serde(frame) };
        Ok(self.environment.get_template(name)?.render(context)?)
    }

    /// The page for a request that failed, inside this `frame`; the plain one if the template fails as well.
    #[must_use]
    pub fn error_page(&self, view: &ErrorView, frame: Frame) -> String {
        let page = ErrorFrame { section: "", q: "", title: view.title, error: view };
        self.render_in("error.html", &page, frame).unwrap_or_else(|cause| {
            tracing::error!(cause = &cause as &dyn std::error::Error, "failed to draw the error page");
            error::plain_page(view)
        })
    }

    /// Changes when a template or an asset does: the same content then looks different.
    #[must_use]
    pub fn edition(&self) -> u64 {
        self.edition
    }
}

/// What the frame around every page depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Frame {
    /// There is a gallery of images.
    pub images: bool,
    /// This machine can make videos anew for browsers that cannot play them.
    pub converts: bool,
    /// The day that it is, `2026-10-01`: no later one can be looked at.
    pub today: String,
    /// The page shows the library as it was at an earlier moment, and changes nothing.
    pub past: Option<Past>,
}

/// What the frame says about a page of the past.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Past {
    /// How addresses name the moment.
    pub at: String,
    /// When it was, in words that follow "as it was".
    pub words: String,
    /// The last change that had happened; 0 before the first.
    pub pos: u64,
    /// The day it was on, `2026-10-01`.
    pub day: String,
    /// The page at any moment: its path, and the fields of its canonical address.
    pub path: String,
    /// See `path`.
    pub fields: Vec<(String, String)>,
    /// The page as it is now.
    pub now: String,
}

/// A failure in the frame that is around every page.
#[derive(Serialize)]
struct ErrorFrame<'a> {
    section: &'a str,
    q: &'a str,
    title: &'a str,
    error: &'a ErrorView,
}

/// The address `url` as a page of the `past` links to it; as it is on a page of the present.
fn then(url: &str, past: &Value) -> Result<String, Error> {
    if past.is_none() {
        return Ok(url.to_owned());
    }
    Ok(human::at_moment(url, past.get_attr("at")?.as_str().unwrap_or_default()))
}

fn add_filters(environment: &mut Environment<'static>, zone: TimeZone) {
    environment.add_filter("count", human::count);
    environment.add_filter("ended", human::ended);
    environment.add_filter("sentence", human::sentence);
    environment.add_filter("number", human::grouped);
    environment.add_filter("size", human::size);
    environment.add_filter("clock", human::clock);
    environment.add_filter("span", human::span);
    environment.add_filter("took", human::took);
    environment.add_filter("percent", human::percent);
    environment.add_filter("iso", human::iso);
    environment.add_filter("ms", time::ms);
    let days = zone.clone();
    environment.add_filter("date", move |at_ms: i64| human::date(at_ms, &days));
    environment.add_filter("moment", move |at_ms: i64| human::moment(at_ms, &zone));
    environment.add_filter("tag_url", human::tag_url);
    environment.add_filter("then", then);
}
