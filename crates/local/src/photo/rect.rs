//! Rectangles at an angle: the smallest around some points, and what becomes of one when the picture is turned.

use crate::reading::turned_place;

/// A rectangle at an angle of at most 45 degrees: x to the right, y downwards, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) centre: [f32; 2],
    /// Along [`Self::axis`], and across it.
    pub(super) size: [f32; 2],
    /// The direction of its upper edge, of length 1.
    pub(super) axis: [f32; 2],
}

impl Rect {
    /// The smallest rectangle around points; none if there are fewer than three that are not on a line.
    pub(super) fn around(points: Vec<[f32; 2]>) -> Option<Self> {
        let hull = hull(points);
        if hull.len() < 3 {
            return None;
        }
        // One of its edges lies on an edge of the hull.
        let edges = hull.iter().zip(hull.iter().cycle().skip(1));
        let along = edges.filter_map(|(one, other)| Self::along(&hull, [other[0] - one[0], other[1] - one[1]]));
        along.min_by(|one, other| one.area().total_cmp(&other.area()))
    }

    /// The smallest rectangle around points with this direction.
    fn along(points: &[[f32; 2]], [x, y]: [f32; 2]) -> Option<Self> {
        let length = x.hypot(y);
        if length <= f32::EPSILON {
            return None;
        }
        let mut axis = [x / length, y / length];
        // As near to the right as a quarter turn can bring it.
        if axis[0].abs() < axis[1].abs() {
            axis = [axis[1], -axis[0]];
        }
        if axis[0] < 0.0 {
            axis = axis.map(|part| -part);
        }
        let across = [-axis[1], axis[0]];
        let extent = |direction: [f32; 2]| {
            let places = points.iter().map(|point| point[0] * direction[0] + point[1] * direction[1]);
            places.fold((f32::MAX, f32::MIN), |(low, high), place| (low.min(place), high.max(place)))
        };
        let ((left, right), (top, bottom)) = (extent(axis), extent(across));
        let (u, v) = (left.midpoint(right), top.midpoint(bottom));
        let centre = [0, 1].map(|part| axis[part] * u + across[part] * v);
        Some(Self { centre, size: [right - left, bottom - top], axis })
    }

    pub(super) fn area(&self) -> f32 {
        self.size[0] * self.size[1]
    }

    /// Whether it is so high that its text runs up or down.
    pub(super) fn is_tall(&self) -> bool {
        self.size[1] >= 1.5 * self.size[0]
    }

    /// Larger by this on each side.
    pub(super) fn grown(&self, by: f32) -> Self {
        Self { size: self.size.map(|edge| edge + 2.0 * by), ..*self }
    }

    /// In a picture that is larger by these factors. Its sides must stay at right angles, so that the factors are to be
    /// almost the same.
    pub(super) fn scaled(&self, [x, y]: [f32; 2]) -> Self {
        let (axis, across) = (self.axis, [-self.axis[1], self.axis[0]]);
        let stretched = |direction: [f32; 2]| (direction[0] * x).hypot(direction[1] * y);
        let direction = [axis[0] * x, axis[1] * y];
        let length = direction[0].hypot(direction[1]).max(f32::EPSILON);
        Self {
            centre: [self.centre[0] * x, self.centre[1] * y],
            size: [self.size[0] * stretched(axis), self.size[1] * stretched(across)],
            axis: direction.map(|part| part / length),
        }
    }

    /// In a picture of this size after clockwise quarter turns of it.
    pub(super) fn turned(&self, size: [f32; 2], turns: u8) -> Self {
        let centre = turned_place(self.centre, size, turns);
        let size = if turns.is_multiple_of(2) { self.size } else { [self.size[1], self.size[0]] };
        Self { centre, size, axis: self.axis }
    }

    /// Top left, top right, bottom right, bottom left.
    pub(super) fn corners(&self) -> [[f32; 2]; 4] {
        [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)].map(|(u, v)| {
            let (u, v) = (u * self.size[0], v * self.size[1]);
            [self.centre[0] + self.axis[0] * u - self.axis[1] * v, self.centre[1] + self.axis[1] * u + self.axis[0] * v]
        })
    }

    /// Whether a place is inside.
    pub(super) fn contains(&self, [x, y]: [f32; 2]) -> bool {
        let (x, y) = (x - self.centre[0], y - self.centre[1]);
        let (u, v) = (x * self.axis[0] + y * self.axis[1], y * self.axis[0] - x * self.axis[1]);
        2.0 * u.abs() <= self.size[0] && 2.0 * v.abs() <= self.size[1]
    }
}

/// The corners of the smallest convex shape around points, in order (Andrew's monotone chain, 1979).
fn hull(mut points: Vec<[f32; 2]>) -> Vec<[f32; 2]> {
    points.sort_by(|one, other| one[0].total_cmp(&other[0]).then(one[1].total_cmp(&other[1])));
    points.dedup();
    let lower = chain(points.iter());
    let upper = chain(points.iter().rev());
    let all_but_last = |chain: &[[f32; 2]]| chain[..chain.len().saturating_sub(1)].to_vec();
    [all_but_last(&lower), all_but_last(&upper)].concat()
}

fn chain<'a>(points: impl Iterator<Item = &'a [f32; 2]>) -> Vec<[f32; 2]> {
    let mut chain: Vec<[f32; 2]> = Vec::new();
    for point in points {
        while let [.., first, second] = chain.as_slice()
            && (second[0] - first[0]) * (point[1] - first[1]) <= (second[1] - first[1]) * (point[0] - first[0])
        {
            chain.pop();
        }
        chain.push(*point);
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: [f32; 2], other: [f32; 2]) -> bool {
        one.iter().zip(other).all(|(one, other)| (one - other).abs() < 0.01)
    }

    #[test]
    fn the_smallest_rectangle_is_at_the_angle_of_the_points() {
        let axis = [10_f32.to_radians().cos(), 10_f32.to_radians().sin()];
        let leaning = Rect { centre: [50.0, 40.0], size: [60.0, 8.0], axis };
        let mut points = leaning.corners().to_vec();
        points.push(leaning.centre);
        let found = Rect::around(points).unwrap();
        assert!(near(found.centre, leaning.centre) && near(found.size, leaning.size) && near(found.axis, axis));
        assert!(found.contains([50.0, 40.0]) && !found.contains([50.0, 46.0]));
        assert_eq!(Rect::around(vec![[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]), None);
        assert_eq!(Rect::around(Vec::new()), None);
    }

    #[test]
    fn it_keeps_its_place_when_the_picture_is_turned_and_enlarged() {
        let axis = [0.8, -0.6];
        let rect = Rect { centre: [30.0, 20.0], size: [20.0, 4.0], axis };
        for turns in 0..4 {
            let size = [100.0, 50.0];
            let turned_rect = rect.turned(size, turns);
            for corner in rect.corners() {
                let corner = turned_place(corner, size, turns);
                assert!(turned_rect.corners().iter().any(|other| near(*other, corner)), "{turns}");
            }
        }
        let larger = rect.scaled([2.0, 2.0]);
        assert!(near(larger.centre, [60.0, 40.0]) && near(larger.size, [40.0, 8.0]) && near(larger.axis, axis));
        assert!(near(rect.grown(1.0).size, [22.0, 6.0]));
    }
}
