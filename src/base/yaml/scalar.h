#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/yaml/document.h"

// The meaning of scalars by YAML 1.1 as PyYAML's SafeLoader reads them (pipeline-yaml.md 3.2):
// `yes` and `off` are booleans, `012` is ten, `1:30` is ninety, `1e-3` is text.
namespace batchmill::yaml {

enum class ScalarKind { kNull, kBool, kInt, kFloat, kDate, kText };

struct Scalar {
  ScalarKind kind = ScalarKind::kText;
  std::string text;                     // as written; dates are text for us
  bool boolean = false;                 // kBool
  std::optional<std::int64_t> integer;  // kInt, unless it does not fit
  std::string decimal;                  // kInt: its decimal digits with sign, whatever its size
  double real = 0;                      // kFloat; kInt: the nearest double
};

// "null", "boolean", "integer", "number", "date", "string"
const char* name_of(ScalarKind kind);

// What a plain scalar without a tag means.
Scalar resolve_plain(std::string_view text);
// What a scalar node means: quoted ones are text, explicit tags (!!str, !!int, ...) decide.
// A collection or nothing gives kText with an empty text.
Scalar resolve(const Value& value);
// `key:` without a value, `~`, `null`; also true for "nothing there".
bool is_null(const Value& value);

// How Python's str() prints the value, which is how literal inputs appear in a command:
// "True", "20", "0.01", "1e-05", text and dates as written; null gives "".
std::string python_text(const Scalar& scalar);
// Python's repr() of a double: the shortest digits that read back as the same number.
std::string python_float(double value);

}  // namespace batchmill::yaml
