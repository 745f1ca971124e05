#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pipeline/check_context.h"

namespace batchmill::pipeline {

// Fills in the inputs and outputs that a component declares, as far as they are right
// (pipeline-yaml.md 2.3); reports the rest.
void read_interface(CheckContext& context, Component& component, const std::string& step);

std::string_view describe(LiteralType type);  // "an integer"

// A literal as an input of this kind takes it ("10.0" becomes "10"), or nothing after a report:
// 407 for another type, 408 outside of min and max, 109 for none of `enum`. `place` and `path` are
// those of the value.
std::optional<std::string> typed_literal(CheckContext& context, const DeclaredInput& input,
                                         const std::string& text, const SourcePlace& place,
                                         const std::string& path);

}  // namespace batchmill::pipeline
