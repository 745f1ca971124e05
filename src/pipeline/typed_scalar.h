#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/yaml/scalar.h"
#include "pipeline/key_table.h"

// What a scalar is as a value of a key (pipeline-yaml.md 3.2, cli.md 1.5 A). Text that reads as the
// wanted type is taken: `--set` and program arguments have nothing but text. Pure.
namespace batchmill::pipeline {

using TypedScalar = std::variant<std::string, std::int64_t, double, bool>;

// Text as arguments and literal inputs have it: no quotes, no tag.
yaml::Scalar text_scalar(std::string text);

// "10", "10.0" and 10 are integers; a boolean is none. Nothing for what does not fit 64 bits.
std::optional<std::int64_t> as_integer(const yaml::Scalar& scalar);
std::optional<double> as_number(const yaml::Scalar& scalar);
// true and false in any case, yes, no, on, off, 1 and 0.
std::optional<bool> as_boolean(const yaml::Scalar& scalar);
// The one of `allowed` that is the scalar's text but for case.
std::optional<std::string> as_choice(const yaml::Scalar& scalar,
                                     const std::vector<std::string>& allowed);

// What is wrong with a scalar as the value of a key.
enum class ScalarProblem { kType, kChoice, kLater, kRange };
// The scalar as the rule wants it: int64_t for kInteger, double for kNumber, bool for kBoolean,
// std::string for the others.
std::variant<TypedScalar, ScalarProblem> convert(const yaml::Scalar& scalar, const KeyRule& rule);

// The bound that a number beyond the range of a clamping rule is taken for; nothing otherwise.
std::optional<TypedScalar> clamp(const yaml::Scalar& scalar, const KeyRule& rule);

// The bounds of a range as people write them: "-1", "259200".
std::string bound_text(double bound);

}  // namespace batchmill::pipeline
