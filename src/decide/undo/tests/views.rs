//! Views that were counted by mistake.

use super::super::preview::{Fact, Noun, Step};
use super::world::World;
use super::{nothing, video};
use crate::decide::Command;
use events::Event;
use events::event::View;

fn watch(world: &mut World) -> u64 {
    world.done(&Command::StartView { video: video(1) })
}

fn viewed(world: &World) -> (u64, Option<i64>) {
    let viewed = world.state.views().get(video(1));
    (viewed.count, viewed.last_viewed_at_ms)
}

fn counted(total: u64, last_viewed_at_ms: Option<i64>) -> (Event, i64) {
    (Event::View(View::Counted { video: video(1), total, last_viewed_at_ms }), 900)
}

#[test]
fn a_view_by_mistake_counts_no_more_and_counts_again() {
    let mut world = World::new();
    let first = watch(&mut world);
    let second = watch(&mut world);
    assert_eq!(viewed(&world), (2, Some(6)));
    let step = Step { of: Noun::Video(video(1)), fact: Fact::Views { from: 2, to: 1 } };
    assert_eq!(world.preview(second).back, [step]);
    let (undone, ..) = world.undo(second).unwrap();
    assert_eq!(viewed(&world), (1, Some(5)));
    assert_eq!(world.undo(second), nothing(1, 0, 0), "it is taken back once");
    let (again, ..) = world.undo(undone).unwrap();
    assert_eq!(viewed(&world), (2, Some(6)));
    assert_eq!(world.undo(undone), nothing(1, 0, 0), "and counts again once");
    world.undo(again).unwrap();
    world.undo(first).unwrap();
    assert_eq!(viewed(&world), (0, None));
}

#[test]
fn views_that_came_since_stay() {
    let mut world = World::new();
    let first = watch(&mut world);
    let second = watch(&mut world);
    let (undone, ..) = world.undo(first).unwrap();
    assert_eq!(viewed(&world), (1, Some(6)));
    world.clone().undo(undone).unwrap();
    world.undo(second).unwrap();
    assert_eq!(viewed(&world), (0, None), "nobody says that it was last watched when that was taken back");
}

#[test]
fn the_time_before_a_view_that_was_taken_back_too_is_not_known() {
    let mut world = World::new();
    watch(&mut world);
    let [second, third] = [watch(&mut world), watch(&mut world)];
    world.undo(second).unwrap();
    world.undo(third).unwrap();
    assert_eq!(viewed(&world), (1, None));
}

#[test]
fn the_total_of_an_import_goes_back_unless_a_later_one_raised_it() {
    let mut world = World::new();
    watch(&mut world);
    let import = world.batch([counted(10, Some(800))]);
    assert_eq!(viewed(&world), (11, Some(800)));
    let (undone, ..) = world.clone().undo(import).unwrap();
    let mut other = world.clone();
    other.undo(import).unwrap();
    assert_eq!(viewed(&other), (1, Some(5)));
    other.undo(undone).unwrap();
    assert_eq!(viewed(&other), (11, Some(800)));
    watch(&mut world);
    world.clone().undo(import).unwrap();
    world.batch([counted(20, None)]);
    assert_eq!(world.undo(import), nothing(0, 1, 0));
    assert_eq!(viewed(&world), (22, Some(800)));
}

#[test]
fn a_time_alone_goes_back_too() {
    let mut world = World::new();
    watch(&mut world);
    let import = world.batch([counted(0, Some(800))]);
    let step = Step { of: Noun::Video(video(1)), fact: Fact::LastViewed { from: Some(800), to: Some(5) } };
    assert_eq!(world.preview(import).back, [step]);
    let (undone, ..) = world.undo(import).unwrap();
    assert_eq!(viewed(&world), (1, Some(5)));
    world.undo(undone).unwrap();
    assert_eq!(viewed(&world), (1, Some(800)));
}

#[test]
fn a_log_that_claims_more_views_than_there_can_be_is_not_believed() {
    let mut world = World::new();
    let claim = View::Withdrawn { video: video(1), views: u64::MAX, viewed_at_ms: Some(5), last_viewed_at_ms: None };
    let batch = world.batch([(Event::View(claim), 900)]);
    assert!(world.undo(batch).unwrap().1 <= 1_000);
}
