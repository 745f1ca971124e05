#include "pipeline/typed_scalar.h"

#include <cmath>

#include <fmt/format.h>

#include "base/text.h"

namespace batchmill::pipeline {

namespace {

using yaml::Scalar;
using yaml::ScalarKind;

// Text by what it would mean without quotes.
Scalar reread(const Scalar& scalar) {
  return scalar.kind == ScalarKind::kText ? yaml::resolve_plain(trim(scalar.text)) : scalar;
}

std::optional<std::int64_t> integral(double value) {
  constexpr double kExact = 9007199254740992.0;  // 2^53: every integer below is a double
  if (!(std::abs(value) <= kExact) || value != std::floor(value)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

bool is_in_range(double value, const KeyRule& rule) {
  return !rule.range || (value >= rule.range->least && value <= rule.range->most);
}

std::variant<TypedScalar, ScalarProblem> convert_integer(const Scalar& scalar,
                                                         const KeyRule& rule) {
  const auto value = as_integer(scalar);
  if (!value) {
    const bool too_large = reread(scalar).kind == ScalarKind::kInt;
    return too_large ? ScalarProblem::kRange : ScalarProblem::kType;
  }
  if (!is_in_range(static_cast<double>(*value), rule)) return ScalarProblem::kRange;
  return TypedScalar(*value);
}

std::variant<TypedScalar, ScalarProblem> convert_number(const Scalar& scalar, const KeyRule& rule) {
  const auto value = as_number(scalar);
  if (!value) return ScalarProblem::kType;
  if (!is_in_range(*value, rule)) return ScalarProblem::kRange;
  return TypedScalar(*value);
}

}  // namespace

Scalar text_scalar(std::string text) {
  Scalar scalar;
  scalar.text = std::move(text);
  return scalar;
}

std::optional<std::int64_t> as_integer(const Scalar& scalar) {
  const Scalar meant = reread(scalar);
  if (meant.kind == ScalarKind::kInt) return meant.integer;
  if (meant.kind == ScalarKind::kFloat) return integral(meant.real);
  return std::nullopt;
}

std::optional<double> as_number(const Scalar& scalar) {
  const Scalar meant = reread(scalar);
  if (meant.kind == ScalarKind::kInt || meant.kind == ScalarKind::kFloat) return meant.real;
  return std::nullopt;
}

std::optional<bool> as_boolean(const Scalar& scalar) {
  const Scalar meant = reread(scalar);
  if (meant.kind == ScalarKind::kBool) return meant.boolean;
  if (meant.kind == ScalarKind::kInt && (meant.integer == 0 || meant.integer == 1)) {
    return meant.integer == 1;
  }
  const std::string text = to_lower(trim(scalar.text));
  if (text == "true" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "no" || text == "off") return false;
  return std::nullopt;
}

std::optional<std::string> as_choice(const Scalar& scalar,
                                     const std::vector<std::string>& allowed) {
  const std::string text = to_lower(trim(yaml::python_text(scalar)));
  for (const std::string& name : allowed) {
    if (to_lower(name) == text) return name;
  }
  return std::nullopt;
}

std::variant<TypedScalar, ScalarProblem> convert(const Scalar& scalar, const KeyRule& rule) {
  switch (rule.kind) {
    case ValueKind::kInteger:
      return convert_integer(scalar, rule);
    case ValueKind::kNumber:
      return convert_number(scalar, rule);
    case ValueKind::kBoolean:
      if (const auto value = as_boolean(scalar)) return TypedScalar(*value);
      return ScalarProblem::kType;
    case ValueKind::kChoice:
      if (const auto value = as_choice(scalar, rule.allowed)) return TypedScalar(*value);
      return as_choice(scalar, rule.later) ? ScalarProblem::kLater : ScalarProblem::kChoice;
    default:
      return TypedScalar(yaml::python_text(scalar));
  }
}

std::optional<TypedScalar> clamp(const Scalar& scalar, const KeyRule& rule) {
  const auto value = as_number(scalar);
  if (!rule.clamps || !rule.range || !value || *value <= rule.range->most) return std::nullopt;
  return TypedScalar(static_cast<std::int64_t>(rule.range->most));
}

std::string bound_text(double bound) { return fmt::format("{:.0f}", bound); }

}  // namespace batchmill::pipeline
