//! What is said of images and of groups of them.

use super::words::{one_line, path_of, place, quoted, size};
use super::{Before, Known, Part, Sentence, text};
use events::event::{Group, Image};
use events::{GroupId, ImageId};

impl<B: Before> Known<'_, B> {
    pub(super) fn image_event(&self, event: &Image) -> Sentence {
        let called =
            |image: &ImageId, path: String| Sentence { parts: vec![Part::Image(*image, Some(one_line(&path)))] };
        match event {
            Image::Found { image, root, path, .. } if root.is_empty() => {
                called(image, path_of(path)).say(format!(" is known from a record, without a file (image {image})"))
            }
            Image::Found { image, root, path, size_bytes, .. } => {
                called(image, place(root, path)).say(format!(" was found (image {image}, {})", size(*size_bytes)))
            }
            Image::Changed { image, size_bytes, .. } => {
                self.picture(*image).say(format!(" has other content now ({})", size(*size_bytes)))
            }
            Image::Moved { image, root, path } => {
                self.picture(*image).say(format!(" moved → {}", quoted(&one_line(&place(root, path)))))
            }
            Image::Vanished { image } => self.picture(*image).say(" is missing"),
            Image::Returned { image, root, path, .. } => {
                self.picture(*image).say(format!(" is there: {}", quoted(&one_line(&place(root, path)))))
            }
            Image::Favored { image } => self.picture(*image).say(" became a favorite"),
            Image::Unfavored { image } => self.picture(*image).say(" is no longer a favorite"),
        }
    }

    pub(super) fn group_event(&self, event: &Group) -> Sentence {
        let called = |group: &GroupId, name: &str| Part::Group(*group, Some(name.to_owned()));
        match event {
            Group::Created { group, name, .. } => {
                text("the group ").with(called(group, name.as_str())).say(" was made")
            }
            Group::Renamed { group, name } => {
                text("the group ").with(self.group(*group)).say(" → ").with(called(group, name.as_str()))
            }
            Group::CoverSet { group, image } => {
                self.picture(*image).say(" is the cover of the group ").with(self.group(*group))
            }
            Group::ImageAdded { group, image } => {
                self.picture(*image).say(" was put into the group ").with(self.group(*group))
            }
            Group::ImageRemoved { group, image } => {
                self.picture(*image).say(" was taken out of the group ").with(self.group(*group))
            }
            Group::Deleted { group } => text("the group ").with(self.group(*group)).say(" was deleted"),
        }
    }
}
