//! Small changes to a model's protobuf in memory, by the numbers of `onnx.proto`. A message field that comes twice is merged, so what is
//! added to the graph (field 7 of `ModelProto`) is put at the end of the file as one more `graph` with nothing else in it.

/// Input: what the rhythm is drawn from, 1 × 2 × signs. The output of a random generator in the voice as it is published.
pub(super) const RHYTHM: &str = "/dp/RandomNormalLike_output_0";
/// Input: what the colour is drawn from, 1 × [`CHANNELS`] × at least as many frames as are spoken.
pub(super) const COLOUR: &str = "sluice_colour";
/// Input: three zeros, where the cut of [`COLOUR`] begins.
pub(super) const ORIGIN: &str = "sluice_origin";
/// Channels of the voice's inner sound.
pub(super) const CHANNELS: usize = 192;

const COLOUR_CUT: &str = "/RandomNormalLike_output_0";
/// Has the shape that the colour must have.
const LIKE: &str = "/Transpose_3_output_0";

/// Makes an inner tensor of a model one of its outputs (field 12 of `GraphProto`, a `ValueInfoProto` whose field 1 is the name).
pub(super) fn add_output(model: &mut Vec<u8>, name: &str) {
    add_to_graph(model, 12, &field(1, name.as_bytes()));
}

/// Takes the two random generators out of the way of a Piper voice and has what they gave come from outside, since the runtime's
/// own cannot be given a seed: without this the same words are never spoken twice in the same way, nor in the same time.
pub(super) fn take_noise_from_outside(model: &mut Vec<u8>) -> Result<(), String> {
    const FLOAT: u8 = 1;
    const INT64: u8 = 7;
    rename_output(model, RHYTHM)?;
    rename_output(model, COLOUR_CUT)?;
    add_input(model, RHYTHM, FLOAT);
    add_input(model, COLOUR, FLOAT);
    add_input(model, ORIGIN, INT64);
    add_node(model, "Shape", &[LIKE], "sluice_shape");
    add_node(model, "Slice", &[COLOUR, ORIGIN, "sluice_shape"], COLOUR_CUT);
    Ok(())
}

/// Gives the output of the node that makes `name` (field 2 of `NodeProto`) another name of the same length.
fn rename_output(model: &mut [u8], name: &str) -> Result<(), String> {
    let wanted = field(2, name.as_bytes());
    let at = model.windows(wanted.len()).position(|window| window == wanted);
    let last = at.and_then(|at| model.get_mut(at + wanted.len() - 1));
    let last = last.ok_or_else(|| format!("the voice has no \"{name}\": it is none that this version knows"))?;
    *last = b'x';
    Ok(())
}

/// Field 11 of `GraphProto`: a name, and a type that says nothing of the shape.
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

/// A field with a length (wire type 2).
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
        assert!(take_noise_from_outside(&mut vec![1, 2, 3]).is_err());
    }
}
