#include "pipeline/setting_value.h"

#include <algorithm>

#include "pipeline/size_text.h"

namespace batchmill::pipeline {

namespace {

class Put {
 public:
  Put(ParallelSpec& spec, const ParallelSetting& setting, const GivenValue& given)
      : spec_(spec), key_(setting.key), given_(given) {}

  template <typename T>
  std::optional<TextProblem> operator()(Setting<T> ParallelSpec::*member) {
    const T* value = std::get_if<T>(&given_.value);
    if (value == nullptr) return std::nullopt;
    if constexpr (std::is_same_v<T, std::string>) {
      if (key_ == "append_row_file_name" && !is_file_name(*value)) return TextProblem::kFileName;
    }
    spec_.*member = with_origin(*value);
    return std::nullopt;
  }

  std::optional<TextProblem> operator()(Setting<std::int64_t> ParallelSpec::*member) {
    const auto* value = std::get_if<std::int64_t>(&given_.value);
    if (value == nullptr) return std::nullopt;
    // Less than none is none.
    const bool is_count = key_ == "rank_mini_batch_count";
    spec_.*member = with_origin(is_count ? std::max<std::int64_t>(*value, 0) : *value);
    return std::nullopt;
  }

  std::optional<TextProblem> operator()(Setting<LoggingLevel> ParallelSpec::*member) {
    if (const auto level = logging_level_from(text())) spec_.*member = with_origin(*level);
    return std::nullopt;
  }

  std::optional<TextProblem> operator()(
      std::optional<Setting<MiniBatchSize>> ParallelSpec::*member) {
    const auto size = parse_mini_batch_size(text());
    if (!size) return TextProblem::kSize;
    spec_.*member = with_origin(*size);
    return std::nullopt;
  }

 private:
  std::string text() const {
    const auto* text = std::get_if<std::string>(&given_.value);
    return text == nullptr ? std::string() : *text;
  }

  template <typename T>
  Setting<T> with_origin(T value) const {
    return {std::move(value), given_.origin, given_.place};
  }

  ParallelSpec& spec_;
  std::string_view key_;
  const GivenValue& given_;
};

}  // namespace

std::optional<TextProblem> put_setting(ParallelSpec& spec, const ParallelSetting& setting,
                                       const GivenValue& given) {
  return std::visit(Put(spec, setting, given), setting.member);
}

DiagnosticBuilder diagnose_text(TextProblem problem, const SourcePlace& place,
                                const std::string& text, const std::string& written) {
  if (problem == TextProblem::kSize) return diagnose(503, place).with("v", text);
  return diagnose(407, place)
      .with("v", text)
      .with("type", "a file name")
      .with("example", written + "rows.txt");
}

bool is_file_name(const std::string& text) {
  return !text.empty() && text != "." && text != ".." &&
         text.find_first_of("~\"#%&*:<>?/\\{|}") == std::string::npos;
}

}  // namespace batchmill::pipeline
