//! Lists of images, a page at a time: all, the favourites, and those that are in no group yet.

use events::ImageId;

use crate::state::State;

/// Which images are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Every image that is there.
    All,
    /// The favourites among them.
    Favorites,
    /// Those in no group.
    Loose,
}

/// One page of images, by name, last name first: with the names that cameras give, that is newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageList {
    /// The images of the page.
    pub ids: Vec<ImageId>,
    /// How many images there are on all pages.
    pub total: usize,
    /// The page, from 1; beyond the last it is the last.
    pub page: usize,
    /// How many pages there are, at least one.
    pub pages: usize,
}

impl State {
    /// A page of images that are there; `per_page` is at least 1.
    #[must_use]
    pub fn image_list(&self, shown: Shown, page: usize, per_page: usize) -> ImageList {
        let per_page = per_page.max(1);
        let (images, groups) = (self.images(), self.groups());
        let listed = images.by_name().rev().map(|image| image.id).filter(|image| match shown {
            Shown::All => true,
            Shown::Favorites => images.favored().contains(image.get()),
            Shown::Loose => groups.of(*image).next().is_none(),
        });
        let ids: Vec<ImageId> = listed.collect();
        let pages = ids.len().div_ceil(per_page).max(1);
        let page = page.clamp(1, pages);
        let total = ids.len();
        ImageList { ids: ids.into_iter().skip((page - 1) * per_page).take(per_page).collect(), total, page, pages }
    }
}
