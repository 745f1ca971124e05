#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <yaml.h>

#include "base/yaml/document.h"
#include "base/yaml/node.h"

// What stops libyaml, as a Problem with its place and, where the cause is known, a hint. Pure.
namespace batchmill::yaml {

// The first character that no YAML file may hold: bytes that are not UTF-8, control characters.
std::optional<Problem> check_characters(const Arena& arena);

// The span between two marks; of several lines the part on the first.
SourcePlace span_of(const Arena& arena, const yaml_mark_t& start, const yaml_mark_t& end);
// Byte offset of a mark in the text.
std::size_t offset_of(const Arena& arena, const yaml_mark_t& mark);

Problem syntax_problem(const Arena& arena, const yaml_parser_t& parser);

// A problem of ours that leaves no usable tree either.
Problem refusal(SourcePlace place, std::string text, std::string hint = {});

}  // namespace batchmill::yaml
