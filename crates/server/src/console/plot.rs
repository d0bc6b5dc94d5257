//! Lays out an incident on a time axis: what was deployed, when it opened, what happened since.
//!
//! The hour before the opening takes a fixed part of the width, however long the incident lasted, since
//! that is where causes are looked for. Both parts are linear, and all places are percentages.

use balefire_api::Timestamp;

use super::moment::span;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// What is shown of the time before the opening.
const BEFORE_MS: i64 = HOUR;
/// The shortest time after the opening that is drawn.
const AFTER_MS_MIN: i64 = 15 * MINUTE;
/// Where the opening stands, in percent.
const OPENING: f64 = 40.0;
/// The narrowest bar, in percent.
const BAR_MIN: f64 = 0.8;
/// Distances of ticks, of which the first that gives few enough is taken.
const STEPS: &[i64] = &[
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    90 * DAY,
    365 * DAY,
];
const TICKS_AFTER_MAX: i64 = 4;
/// Heights in pixels.
const TOP: usize = 34;
const LANE: usize = 34;
const FOOT: usize = 26;
/// Deployments that get a lane; the table below the plot has them all.
const LANES_MAX: usize = 12;

/// A deployment to draw.
pub struct Span {
    pub label: String,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
}

#[derive(Debug, PartialEq)]
pub struct Tick {
    pub x: String,
    pub label: String,
    /// `start`, `middle` or `end`, as SVG anchors text.
    pub anchor: &'static str,
    /// Whether a narrow window leaves its label out.
    pub minor: bool,
}

#[derive(Debug, PartialEq)]
pub struct Bar {
    pub x: String,
    pub width: String,
    pub label_x: String,
    pub label_y: usize,
    pub y: usize,
    pub anchor: &'static str,
    pub label: String,
    pub running: bool,
}

/// The plot as its template draws it.
pub struct Plot {
    pub ticks: Vec<Tick>,
    pub bars: Vec<Bar>,
    pub lanes_left: usize,
    /// Places of timeline events.
    pub dots: Vec<String>,
    pub opened_x: String,
    pub resolved_x: Option<String>,
    pub height: usize,
    pub axis_y: usize,
    pub tick_y: usize,
}

struct Axis {
    opened_ms: i64,
    after_ms: i64,
}

impl Plot {
    pub fn of(
        opened: Timestamp,
        resolved: Option<Timestamp>,
        now: Timestamp,
        spans: &[Span],
        events: &[Timestamp],
    ) -> Plot {
        let end = resolved.unwrap_or(now).0;
        let axis = Axis {
            opened_ms: opened.0,
            after_ms: (end - opened.0).max(AFTER_MS_MIN),
        };
        let shown = spans.iter().take(LANES_MAX).enumerate();
        let bars: Vec<Bar> = shown
            .map(|(lane, span)| axis.bar(lane, span, end))
            .collect();
        let axis_y = TOP + bars.len() * LANE + 8;
        let mut dots: Vec<String> = events.iter().map(|at| percent(axis.place(at.0))).collect();
        dots.dedup();
        Plot {
            ticks: axis.ticks(),
            lanes_left: spans.len() - bars.len(),
            bars,
            dots,
            opened_x: percent(OPENING),
            resolved_x: resolved.map(|at| percent(axis.place(at.0))),
            height: axis_y + FOOT,
            axis_y,
            tick_y: axis_y + 18,
        }
    }
}

impl Axis {
    fn place(&self, at_ms: i64) -> f64 {
        let since = at_ms.saturating_sub(self.opened_ms);
        let place = if since < 0 {
            OPENING * (1.0 + since as f64 / BEFORE_MS as f64)
        } else {
            OPENING + (100.0 - OPENING) * since as f64 / self.after_ms as f64
        };
        place.clamp(0.0, 100.0)
    }

    fn bar(&self, lane: usize, span: &Span, end_ms: i64) -> Bar {
        let start = self.place(span.started.0).min(100.0 - BAR_MIN);
        let end = self.place(span.ended.map_or(end_ms, |at| at.0));
        let top = TOP + lane * LANE;
        // A label is written towards the side that has more room.
        let (anchor, label_x) = if start > 55.0 {
            ("end", end.max(start + BAR_MIN))
        } else {
            ("start", start)
        };
        Bar {
            x: percent(start),
            width: percent((end - start).max(BAR_MIN)),
            label_x: percent(label_x),
            label_y: top + 11,
            y: top + 16,
            anchor,
            label: span.label.clone(),
            running: span.ended.is_none(),
        }
    }

    fn ticks(&self) -> Vec<Tick> {
        let tick = |ms: i64, label: String, anchor| Tick {
            x: percent(self.place(self.opened_ms + ms)),
            label,
            anchor,
            minor: false,
        };
        let mut ticks = vec![
            tick(-BEFORE_MS, format!("−{}", span(BEFORE_MS)), "start"),
            tick(
                -BEFORE_MS / 2,
                format!("−{}", span(BEFORE_MS / 2)),
                "middle",
            ),
            tick(0, "opened".into(), "middle"),
        ];
        let fits = |step: &&i64| self.after_ms / **step <= TICKS_AFTER_MAX;
        let longest = self.after_ms / TICKS_AFTER_MAX;
        let step = STEPS.iter().find(fits).copied().unwrap_or(longest);
        for ms in (1..=self.after_ms / step).map(|n| n * step) {
            let at_edge = self.place(self.opened_ms + ms) > 94.0;
            let anchor = if at_edge { "end" } else { "middle" };
            ticks.push(tick(ms, format!("+{}", span(ms)), anchor));
        }
        let last = ticks.len() - 1;
        for (place, tick) in ticks.iter_mut().enumerate() {
            tick.minor = ![0, 2, last].contains(&place);
        }
        ticks
    }
}

fn percent(place: f64) -> String {
    format!("{place:.2}%")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OPENED: Timestamp = Timestamp(1_767_225_600_000);

    fn after(ms: i64) -> Timestamp {
        Timestamp(OPENED.0 + ms)
    }

    #[test]
    fn deployments_and_events_have_their_places() {
        let spans = [
            Span {
                label: "shop/blue".into(),
                started: after(-30 * MINUTE),
                ended: Some(after(-15 * MINUTE)),
            },
            Span {
                label: "stack".into(),
                started: after(HOUR),
                ended: None,
            },
        ];
        let resolved = Some(after(2 * HOUR));
        let events = [OPENED, after(HOUR)];
        let plot = Plot::of(OPENED, resolved, after(DAY), &spans, &events);
        assert_eq!(
            (plot.bars[0].x.as_str(), plot.bars[0].width.as_str()),
            ("20.00%", "10.00%")
        );
        assert_eq!(
            (plot.bars[0].anchor, plot.bars[0].running),
            ("start", false)
        );
        assert_eq!(
            (plot.bars[1].x.as_str(), plot.bars[1].width.as_str()),
            ("70.00%", "30.00%")
        );
        assert_eq!((plot.bars[1].anchor, plot.bars[1].running), ("end", true));
        assert_eq!(plot.dots, ["40.00%", "70.00%"]);
        assert_eq!(plot.resolved_x.as_deref(), Some("100.00%"));
        let labels: Vec<&str> = plot.ticks.iter().map(|tick| tick.label.as_str()).collect();
        let expected = [
            "−1 h",
            "−30 min",
            "opened",
            "+30 min",
            "+1 h",
            "+1 h 30 min",
            "+2 h",
        ];
        assert_eq!(labels, expected);
        assert_eq!(plot.ticks.last().unwrap().anchor, "end");
    }

    #[test]
    fn more_deployments_than_lanes_are_counted() {
        let spans = (0..15).map(|n| Span {
            label: n.to_string(),
            started: OPENED,
            ended: None,
        });
        let spans: Vec<Span> = spans.collect();
        let plot = Plot::of(OPENED, None, OPENED, &spans, &[]);
        assert_eq!((plot.bars.len(), plot.lanes_left), (LANES_MAX, 3));
    }

    proptest! {
        #[test]
        fn nothing_leaves_the_drawing(
            start in -2 * DAY..400 * DAY,
            lasts in proptest::option::of(0..DAY),
            open_for in 0..4000 * DAY,
        ) {
            let started = after(start);
            let ended = lasts.map(|ms| Timestamp(started.0 + ms));
            let spans = [Span { label: String::new(), started, ended }];
            let plot = Plot::of(OPENED, None, after(open_for), &spans, &[started]);
            let place = |text: &str| text.trim_end_matches('%').parse::<f64>().unwrap();
            let bar = &plot.bars[0];
            prop_assert!(place(&bar.x) >= 0.0);
            prop_assert!(place(&bar.width) >= BAR_MIN);
            prop_assert!(place(&bar.x) + place(&bar.width) <= 100.02);
            prop_assert!(place(&plot.dots[0]) <= 100.0);
            prop_assert!(plot.ticks.len() <= 3 + 4);
            for tick in &plot.ticks {
                prop_assert!((0.0..=100.0).contains(&place(&tick.x)));
            }
        }
    }
}
