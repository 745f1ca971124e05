#pragma once

#include <optional>
#include <string>

#include "pipeline/check_context.h"

namespace batchmill::pipeline {

// One entry under an `inputs`, by its shape alone.
struct InputEntry {
  enum class Kind {
    kMissing,  // null, or a mapping without a value
    kLiteral,  // a bare scalar, or a mapping with `value`; may be a binding
    kPath,     // a mapping with `path`; may be a binding
    kBroken,   // reported
  };
  Kind kind = Kind::kBroken;
  std::string name;
  std::string path;         // YAML path of the entry
  SourcePlace place;        // of its key
  yaml::Value scalar;       // kLiteral, kPath
  std::string scalar_path;  // its YAML path
  std::optional<DataType> type;
  yaml::Value type_value;
  std::optional<InputMode> mode;
  yaml::Value mode_value;
};

// Reads the entry; `section` is the path of the `inputs` mapping. Reports keys and types that are
// wrong, and modes that no input can have.
InputEntry read_input_entry(CheckContext& context, const yaml::Entry& entry,
                            const std::string& section, const std::string& step);

}  // namespace batchmill::pipeline
