// C interface over CTranslate2's Whisper (the library of version 4.8.4). No C++ type crosses it, and no exception leaves.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct2w_model ct2w_model;      // a model with its worker thread
typedef struct ct2w_encoded ct2w_encoded;  // the encoder's output for one window; feeds detect, generate and align
typedef struct ct2w_output ct2w_output;    // a result, which owns what its views point at

typedef struct {
  uint32_t beam_size;
  uint32_t hypotheses;    // candidates of sampling; the best one is returned
  uint32_t sampling_topk; // 0: all tokens
  uint32_t max_length;    // tokens, with the prompt
  uint32_t max_initial_timestamp;  // in steps of 20 ms
  float patience;
  float temperature;
} ct2w_options;

typedef struct {
  const uint32_t* tokens;
  size_t tokens_len;
  float score;            // mean log probability of the tokens, by CTranslate2's length penalty of 1
  float no_speech;        // probability that nobody speaks
} ct2w_text;

typedef struct {
  const int64_t* pairs;   // token, step of 20 ms; token, step of 20 ms; …
  size_t pairs_len;       // numbers, twice the number of pairs
  const float* probabilities;  // of each token
  size_t probabilities_len;
} ct2w_alignment;

// "ct2w-source:" and the SHA-256 of this file and ct2_whisper.cc, one after the other.
const char* ct2w_source(void);
// Of the last failed call in this thread.
const char* ct2w_error(void);
// Seeds the sampling of models that are opened later.
void ct2w_seed(uint32_t seed);

// Every function below returns null or -1 when it failed.
ct2w_model* ct2w_open(const char* folder, const char* compute_type, uint32_t threads);
void ct2w_close(ct2w_model* model);
// Bands of the features that it expects.
int ct2w_bands(const ct2w_model* model);
int ct2w_is_multilingual(const ct2w_model* model);

// features: [bands, frames], at most 3,000 frames.
ct2w_encoded* ct2w_encode(ct2w_model* model, const float* features, size_t frames);
void ct2w_encoded_free(ct2w_encoded* encoded);

// The most likely language: its code with a final zero, and its probability.
int ct2w_detect(ct2w_model* model, const ct2w_encoded* encoded, char code[16], float* probability);

ct2w_output* ct2w_generate(ct2w_model* model, const ct2w_encoded* encoded, const uint32_t* prompt, size_t prompt_len,
                           const ct2w_options* options, ct2w_text* text);
// start: the tokens before the text (language, task); frames: of sound in the window; width: of the median filter.
ct2w_output* ct2w_align(ct2w_model* model, const ct2w_encoded* encoded, const uint32_t* start, size_t start_len,
                        const uint32_t* tokens, size_t tokens_len, size_t frames, uint32_t width, ct2w_alignment* alignment);
void ct2w_output_free(ct2w_output* output);

#ifdef __cplusplus
}
#endif
