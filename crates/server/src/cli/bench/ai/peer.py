# The peers of `sluice bench ai`: loads a model, says so on one line, and answers each line of JSON with another. Times are of
# the work alone, without the pipes.
import json
import sys
import time

# Tokens of a batch with its padding, and how much longer than its shortest text its longest may be: those of sluice.
BATCH_TOKENS, SPREAD = 2048, 1.5
MOST_TOKENS = 512


def say(answer):
    print(json.dumps(answer), flush=True)


def speech(folder, threads):
    import faster_whisper

    model = faster_whisper.WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=int(threads))

    def transcribe(request):
        begun = time.perf_counter()
        segments, _ = model.transcribe(request["sound"], language=request["language"], beam_size=5, vad_filter=True)
        text = " ".join(segment.text.strip() for segment in segments)
        return {"seconds": time.perf_counter() - begun, "text": text}

    return f"faster-whisper {faster_whisper.__version__}", transcribe


def batches(rows):
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
    found = []
    for row in order:
        longest = len(rows[row])
        last = found[-1] if found else None
        if last and (len(last) + 1) * longest <= BATCH_TOKENS and longest <= SPREAD * len(rows[last[0]]):
            last.append(row)
        else:
            found.append([row])
    return found


def embed(model, tokenizer, threads):
    import numpy
    import onnxruntime
    import tokenizers

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(threads)
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    tokenizer = tokenizers.Tokenizer.from_file(tokenizer)
    first, last = tokenizer.token_to_id("<s>"), tokenizer.token_to_id("</s>")

    def run(request):
        begun = time.perf_counter()
        texts = ["passage: " + text for text in request["texts"]]
        rows = [[first, *text.ids[: MOST_TOKENS - 2], last] for text in tokenizer.encode_batch(texts, add_special_tokens=False)]
        vectors = [None] * len(rows)
        for batch in batches(rows):
            longest = max(len(rows[row]) for row in batch)
            ids = numpy.full((len(batch), longest), last, dtype=numpy.int64)
            mask = numpy.zeros((len(batch), longest), dtype=numpy.int64)
            for at, row in enumerate(batch):
                ids[at, : len(rows[row])] = rows[row]
                mask[at, : len(rows[row])] = 1
            (found,) = session.run(["embedding"], {"input_ids": ids, "attention_mask": mask})
            for row, vector in zip(batch, found):
                vectors[row] = vector
        seconds = time.perf_counter() - begun
        return {"seconds": seconds, "vectors": [vector.tolist() for vector in vectors]}

    return f"onnxruntime {onnxruntime.__version__} of Python", run


try:
    version, respond = {"speech": speech, "embed": embed}[sys.argv[1]](*sys.argv[2:])
except Exception as error:
    say({"error": f"{type(error).__name__}: {error}"})
    sys.exit(1)
say({"version": version})
for line in sys.stdin:
    say(respond(json.loads(line)))
