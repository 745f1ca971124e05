#pragma once

#include <optional>
#include <string>

#include "pipeline/check_context.h"
#include "pipeline/expressions.h"

// Scalars that may be bound to literal inputs of the pipeline, and the places of expressions.
namespace batchmill::pipeline {

// A scalar of the file, named for messages.
struct NamedScalar {
  yaml::Value value;
  std::string key;   // "instance_count"
  std::string path;  // "jobs.score.resources.instance_count"
  std::string step;  // "" outside of steps
};

struct BoundScalar {
  yaml::Scalar scalar;
  bool is_text_only = false;        // came from --set or from a binding, where text is all there is
  std::optional<SourcePlace> from;  // the pipeline input that it was taken from
};

// The value of a scalar, expressions replaced. Reports 201, 202, 204 and 401 and gives nothing
// then; also nothing, silently, for a binding to an input that was reported.
std::optional<BoundScalar> bind_scalar(CheckContext& context, const NamedScalar& scalar,
                                       bool bindable);

// The pipeline input that an expression parent.inputs.X names; null after a report.
const PipelineInput* find_parent_input(CheckContext& context, const Expression& expression,
                                       const NamedScalar& at);

// Where an expression stands in the source.
SourcePlace place_of(const CheckContext& context, const yaml::Value& value,
                     const Expression& expression);

void report_unclosed(CheckContext& context, const NamedScalar& at);
// 202, naming the forms that are allowed there.
void report_form(CheckContext& context, const Expression& expression, const NamedScalar& at,
                 std::vector<std::string> forms);
// 401 at the pipeline input that nobody supplies.
void report_no_value(CheckContext& context, const PipelineInput& input, const std::string& name,
                     const std::string& step);
// 110, if a plain scalar reads as something whose text differs from what stands there.
void warn_if_reread(CheckContext& context, const yaml::Value& value, const std::string& path);

bool is_from_set(const SourcePlace& place);

}  // namespace batchmill::pipeline
