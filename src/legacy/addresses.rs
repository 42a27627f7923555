//! Every address of the old program that is still answered, and what it is now. `docs/LEGACY.md` is made from this list.

/// One of them.
#[derive(Clone, Copy, Debug)]
pub struct Address {
    /// The method it is asked with.
    pub method: &'static str,
    /// The path, with `{…}` for what differs.
    pub path: &'static str,
    /// What answers it today.
    pub now: &'static str,
    /// What is different on purpose; empty for nothing.
    pub different: &'static str,
}

const fn row(method: &'static str, path: &'static str, now: &'static str, different: &'static str) -> Address {
    Address { method, path, now, different }
}

/// All of them, in the order of the old program's own list.
pub const ADDRESSES: &[Address] = &[
    row(
        "GET",
        "/",
        "the same page",
        "an `order` that is neither `asc` nor `desc` counts as not said; titles ascend unless it says otherwise",
    ),
    row(
        "GET",
        "/watch/{name}",
        "307 to `/watch/{id}` with the same query",
        "404 for anything that is not a video; any `page` is fine",
    ),
    row("GET", "/popular", "the same page", "can be sorted"),
    row("GET", "/favorites", "the same page", ""),
    row("GET", "/best-of", "the same page", "in pages, and can be sorted"),
    row("GET", "/search", "the same page", "in pages; accents and case do not matter"),
    row("GET", "/tags", "the same page", "a tag in two spellings is one"),
    row(
        "GET",
        "/tag/{tag}",
        "the same page",
        "exactly this tag in any case, with or without `#`; 404 for what cannot be a tag; `/` in a tag works as `%2F`",
    ),
    row("GET", "/random", "302 to some video", ""),
    row(
        "GET",
        "/video/{name}",
        "the bytes of `/media/{id}/{name}`",
        "videos only; ranges, conditions and HEAD as RFC 9110 has them",
    ),
    row("GET", "/playlists", "the same page", ""),
    row("GET", "/playlist/{id}", "307 to `/playlists/{id}`; a `#pos-3` stays", "opens: it was a 500, always"),
    row("GET", "/ping", "the same answer", ""),
    row("GET", "/favicon.ico", "an icon", "was an empty 204"),
    row("POST", "/rate", "the same answer", "a rating can be taken away at `/videos/{id}/rating`"),
    row("GET", "/api/ratings/{hash}", "the same answer", "CORS for private addresses, `localhost` and `.local` only"),
    row(
        "POST",
        "/api/ratings/{hash}",
        "the same answer",
        "counted by the address of the connection; from pages of other servers 403",
    ),
    row("OPTIONS", "/api/ratings/{hash}", "the same answer", ""),
    row(
        "POST",
        "/view",
        "the same answer",
        "names with `'` and `&` count; starting again within 30 s is the same view",
    ),
    row("GET", "/get_views", "the same answer", "in one piece from memory"),
    row("POST", "/tag", "the same answer", "409 for more tags than a video may have"),
    row("POST", "/delete_tag", "the same answer", "with or without `#`"),
    row("GET", "/api/tags/popular", "the same answer", "spellings count together"),
    row("GET", "/api/tags/video", "the same answer", ""),
    row(
        "POST",
        "/favorite",
        "the same answer, and `is_favorite`",
        "the list is in the order of the hearts; two at once lose none",
    ),
    row("GET", "/api/playlists", "the same answer", ""),
    row("POST", "/api/playlists", "the same answer", "names are the same in any case"),
    row("GET", "/api/playlists/{id}", "the same answer", "`duration` in seconds where it is known"),
    row("POST", "/api/playlists/{id}/add", "the same answer", "404 for an unknown video or list"),
    row(
        "DELETE",
        "/api/playlists/{id}/items/{name}",
        "the same answer",
        "404 for an unknown video or list; 400 for a `position` that is no number",
    ),
    row("DELETE", "/api/playlists/{id}", "the same answer", "leaves nothing behind"),
    row("GET", "/gallery", "307 to `/images`", ""),
    row("GET", "/gallery/groups/{slug}", "307 to `/images/groups/{slug}`", ""),
    row("GET", "/gallery/image/{image}", "the bytes of `/images/{id}/{name}`", "404 instead of 403 for `..`"),
    row("GET", "/api/gallery", "the same answer", "images in sub-folders too"),
    row("GET", "/api/gallery/groups", "the same answer", ""),
    row("POST", "/api/gallery/groups", "the same answer", "unknown images are left out; 404 when all are"),
    row("PUT", "/api/gallery/groups/{id}", "the same answer", "404 for an unknown group or a cover that is not in it"),
    row("POST", "/api/gallery/groups/{id}/images", "the same answer", "404 for an unknown group"),
    row("DELETE", "/api/gallery/groups/{id}/items/{image id}", "the same answer", "an entry is known by its image"),
    row("DELETE", "/api/gallery/groups/{id}/images/{image}", "the same answer", "404 for an unknown group"),
    row("DELETE", "/api/gallery/groups/{id}", "the same answer", "leaves nothing behind"),
    row("GET", "/api/gallery/images/{image}/groups", "the same answer", ""),
    row(
        "GET",
        "/admin/cache/status",
        "the same fields",
        "nothing expires: `cache_ttl` is 0, and every copy is as old as the last change; `recent_videos` are the newest, not the first of the alphabet",
    ),
    row("POST", "/admin/cache/refresh", "the same answer", "the library folders are looked at again"),
    row(
        "POST",
        "/admin/metadata/prune",
        "the same fields, all 0",
        "nothing is ever deleted; `kept` counts what belongs to missing files",
    ),
    row(
        "GET",
        "/admin/performance",
        "307 to `/admin`",
        "also below `/dashboard`, as are the next four; there it was answered, here it was asked",
    ),
    row(
        "GET",
        "/admin/performance/json",
        "the same fields",
        "measured; `ratings` is the busiest address that takes them; `database` is 0, for there is none",
    ),
    row("GET", "/api/admin/performance/routes", "the same fields", "`path` is the pattern of an address of today"),
    row(
        "GET",
        "/api/admin/performance/workers",
        "the same fields",
        "those who make pictures, and what waits for them; nobody knows since when",
    ),
    row(
        "GET",
        "/api/admin/performance/active",
        "the same fields",
        "files that are being sent; `remote_addr` is null, because it is not kept",
    ),
    row("GET", "/api/system/storage", "the same fields", "null for what the disk does not say"),
];
