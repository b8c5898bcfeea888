//! Patches a model's protobuf in memory, by the field numbers of `onnx.proto`. A message field that occurs twice is
//! merged, so an addition to the graph (field 7 of `ModelProto`) is appended as another `graph` with nothing else in
//! it.

/// Input: the noise of the durations, 1 × 2 × symbols. In the published voice this is the output of a random generator.
pub(super) const DURATION_NOISE: &str = "/dp/RandomNormalLike_output_0";
/// Input: the noise of the timbre, 1 × [`CHANNELS`] × at least as many frames as are spoken.
pub(super) const TIMBRE_NOISE: &str = "sluice_colour";
/// Input: three zeros, the start of the slice of [`TIMBRE_NOISE`].
pub(super) const SLICE_START: &str = "sluice_origin";
/// Channels of the voice's latent representation.
pub(super) const CHANNELS: usize = 192;

const TIMBRE_SLICE: &str = "/RandomNormalLike_output_0";
/// A tensor with the shape that the timbre noise must have.
const TIMBRE_SHAPE: &str = "/Transpose_3_output_0";

/// Makes an internal tensor of a model an output (field 12 of `GraphProto`, a `ValueInfoProto` whose field 1 is the
/// name).
pub(super) fn add_output(model: &mut Vec<u8>, name: &str) {
    add_to_graph(model, 12, &field(1, name.as_bytes()));
}

/// Replaces the two random generators of a Piper voice by inputs, since those of the runtime cannot be seeded:
/// otherwise the same words would sound different, and last differently, each time.
pub(super) fn make_noise_an_input(model: &mut Vec<u8>) -> Result<(), String> {
    const FLOAT: u8 = 1;
    const INT64: u8 = 7;
    rename_output(model, DURATION_NOISE)?;
    rename_output(model, TIMBRE_SLICE)?;
    add_input(model, DURATION_NOISE, FLOAT);
    add_input(model, TIMBRE_NOISE, FLOAT);
    add_input(model, SLICE_START, INT64);
    add_node(model, "Shape", &[TIMBRE_SHAPE], "sluice_shape");
    add_node(model, "Slice", &[TIMBRE_NOISE, SLICE_START, "sluice_shape"], TIMBRE_SLICE);
    Ok(())
}

/// Renames the output of the node that produces `name` (field 2 of `NodeProto`), to a name of the same length.
fn rename_output(model: &mut [u8], name: &str) -> Result<(), String> {
    let wanted = field(2, name.as_bytes());
    let at = model.windows(wanted.len()).position(|window| window == wanted);
    let last = at.and_then(|at| model.get_mut(at + wanted.len() - 1));
    let last = last.ok_or_else(|| format!("the voice has no \"{name}\": this version does not support this model"))?;
    *last = b'x';
    Ok(())
}

/// Field 11 of `GraphProto`: a name, and a type without a shape.
fn add_input(model: &mut Vec<u8>, name: &str, element: u8) {
    let tensor = [1 << 3, element];
    let kind = field(2, &field(1, &tensor));
    add_to_graph(model, 11, &[field(1, name.as_bytes()), kind].concat());
}

/// Field 1 of `GraphProto`: inputs (1), one output (2), a name (3) and the operator (4).
fn add_node(model: &mut Vec<u8>, operator: &str, inputs: &[&str], output: &str) {
    let mut node: Vec<u8> = inputs.iter().flat_map(|input| field(1, input.as_bytes())).collect();
    node.extend(field(2, output.as_bytes()));
    node.extend(field(3, format!("sluice_{operator}").as_bytes()));
    node.extend(field(4, operator.as_bytes()));
    add_to_graph(model, 1, &node);
}

fn add_to_graph(model: &mut Vec<u8>, number: u8, content: &[u8]) {
    model.extend(field(7, &field(number, content)));
}

/// A length-delimited field (wire type 2).
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap_or(0);
    debug_assert!(length < 128, "a length of one byte");
    let mut field = vec![number << 3 | 2, length];
    field.extend_from_slice(content);
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_added_at_the_end() {
        let mut model = Vec::new();
        add_output(&mut model, "x");
        assert_eq!(model, [0x3a, 5, 0x62, 3, 0x0a, 1, b'x']);
    }

    #[test]
    fn a_model_without_the_generators_is_refused() {
        assert!(make_noise_an_input(&mut vec![1, 2, 3]).is_err());
    }
}
