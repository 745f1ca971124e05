#pragma once

#include <optional>
#include <string>

#include "model/catalogue.h"
#include "model/parallel_settings.h"
#include "pipeline/typed_scalar.h"

// Values on their way from keys and program arguments into the settings of a step. Pure.
namespace batchmill::pipeline {

// A value of the type that the key table wants, who gave it and where.
struct GivenValue {
  TypedScalar value;
  SettingOrigin origin = SettingOrigin::kNode;
  SourcePlace place;
};

// What the key table cannot tell of a text.
enum class TextProblem { kSize, kFileName };

// Makes `given` the setting's value; a problem leaves the spec as it was.
std::optional<TextProblem> put_setting(ParallelSpec& spec, const ParallelSetting& setting,
                                       const GivenValue& given);

// 503 or 407; `written` is what an example begins with ("--append_row_file_name rows.txt").
DiagnosticBuilder diagnose_text(TextProblem problem, const SourcePlace& place,
                                const std::string& text, const std::string& written);

// A name without the characters that a file of an output cannot have (parallel-job.md 1.4).
bool is_file_name(const std::string& text);

}  // namespace batchmill::pipeline
