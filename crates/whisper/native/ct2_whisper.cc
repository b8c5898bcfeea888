#include "ct2_whisper.h"

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <ctranslate2/models/whisper.h>
#include <ctranslate2/random.h>

using namespace ctranslate2;

#define API __attribute__((visibility("default")))

// The build defines it: the SHA-256 of the header and of this file.
#ifndef CT2W_SOURCE
#error "define CT2W_SOURCE"
#endif

struct ct2w_model {
  std::unique_ptr<models::Whisper> pool;
};

struct ct2w_encoded {
  StorageView view;
};

struct ct2w_output {
  std::vector<uint32_t> tokens;
  std::vector<int64_t> pairs;
  std::vector<float> probabilities;
};

namespace {

thread_local std::string last_error;

// Runs `call`; an exception becomes `failed`, with its text in `last_error`.
template <typename Result, typename Call>
Result guarded(Result failed, Call call) noexcept {
  try {
    return call();
  } catch (const std::exception& error) {
    try { last_error = error.what(); } catch (...) {}
  } catch (...) {
    try { last_error = "an unknown C++ exception"; } catch (...) {}
  }
  return failed;
}

template <typename Result>
Result first_of(std::vector<std::future<Result>> futures) {
  if (futures.empty())
    throw std::runtime_error("no result");
  return futures.front().get();
}

std::vector<size_t> widened(const uint32_t* tokens, size_t count) {
  return {tokens, tokens + count};
}

models::WhisperOptions whisper_options(const ct2w_options& given) {
  models::WhisperOptions options;
  options.beam_size = given.beam_size;
  options.patience = given.patience;
  options.max_length = given.max_length;
  options.sampling_topk = given.sampling_topk;
  options.sampling_temperature = given.temperature;
  options.num_hypotheses = given.hypotheses;
  options.max_initial_timestamp_index = given.max_initial_timestamp;
  options.return_scores = true;
  options.return_no_speech_prob = true;
  options.suppress_blank = true;
  options.suppress_tokens = {-1};  // the model's own list
  return options;
}

}  // namespace

extern "C" {

API const char* ct2w_source(void) { return "ct2w-source:" CT2W_SOURCE; }

API const char* ct2w_error(void) { return last_error.c_str(); }

API void ct2w_seed(uint32_t seed) { set_random_seed(seed); }

API ct2w_model* ct2w_open(const char* folder, const char* compute_type, uint32_t threads) {
  return guarded<ct2w_model*>(nullptr, [&] {
    models::ModelLoader loader(folder);
    loader.device = Device::CPU;
    loader.compute_type = str_to_compute_type(compute_type);
    ReplicaPoolConfig config;
    config.num_threads_per_replica = threads;
    return new ct2w_model{std::make_unique<models::Whisper>(loader, config)};
  });
}

API void ct2w_close(ct2w_model* model) {
  guarded<int>(-1, [&] { delete model; return 0; });
}

API int ct2w_bands(const ct2w_model* model) {
  return guarded<int>(-1, [&] { return int(model->pool->n_mels()); });
}

API int ct2w_is_multilingual(const ct2w_model* model) {
  return guarded<int>(-1, [&] { return int(model->pool->is_multilingual()); });
}

API ct2w_encoded* ct2w_encode(ct2w_model* model, const float* features, size_t frames) {
  return guarded<ct2w_encoded*>(nullptr, [&] {
    if (frames == 0 || frames > 3000)
      throw std::invalid_argument("a window has 1 to 3,000 frames");
    // A view of the caller's memory: the call waits for the result.
    const StorageView view({1, dim_t(model->pool->n_mels()), dim_t(frames)}, const_cast<float*>(features));
    return new ct2w_encoded{model->pool->encode(view, false).get()};
  });
}

API void ct2w_encoded_free(ct2w_encoded* encoded) { delete encoded; }

API int ct2w_detect(ct2w_model* model, const ct2w_encoded* encoded, char code[16], float* probability) {
  return guarded<int>(-1, [&] {
    const auto languages = first_of(model->pool->detect_language(encoded->view));
    if (languages.empty())
      throw std::runtime_error("no language");
    const auto& [token, likely] = languages.front();  // "<|en|>"
    if (token.size() < 5 || token.size() - 4 >= 16)
      throw std::runtime_error("not the token of a language: " + token);
    std::memset(code, 0, 16);
    std::memcpy(code, token.data() + 2, token.size() - 4);
    *probability = likely;
    return 0;
  });
}

API ct2w_output* ct2w_generate(ct2w_model* model, const ct2w_encoded* encoded, const uint32_t* prompt, size_t prompt_len,
                               const ct2w_options* options, ct2w_text* text) {
  return guarded<ct2w_output*>(nullptr, [&] {
    const std::vector<std::vector<size_t>> prompts{widened(prompt, prompt_len)};
    const auto result = first_of(model->pool->generate(encoded->view, prompts, whisper_options(*options)));
    auto output = std::make_unique<ct2w_output>();
    output->tokens.assign(result.sequences_ids.at(0).begin(), result.sequences_ids.at(0).end());
    *text = {output->tokens.data(), output->tokens.size(), result.scores.at(0), result.no_speech_prob};
    return output.release();
  });
}

API ct2w_output* ct2w_align(ct2w_model* model, const ct2w_encoded* encoded, const uint32_t* start, size_t start_len,
                            const uint32_t* tokens, size_t tokens_len, size_t frames, uint32_t width,
                            ct2w_alignment* alignment) {
  return guarded<ct2w_output*>(nullptr, [&] {
    auto result = first_of(model->pool->align(encoded->view, widened(start, start_len), {widened(tokens, tokens_len)},
                                              {frames}, dim_t(width)));
    auto output = std::make_unique<ct2w_output>();
    for (const auto& [token, step] : result.alignments) {
      output->pairs.push_back(token);
      output->pairs.push_back(step);
    }
    output->probabilities = std::move(result.text_token_probs);
    *alignment = {output->pairs.data(), output->pairs.size(), output->probabilities.data(), output->probabilities.size()};
    return output.release();
  });
}

API void ct2w_output_free(ct2w_output* output) { delete output; }

}  // extern "C"
