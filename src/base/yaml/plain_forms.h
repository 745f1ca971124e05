#pragma once

#include <string_view>

// The implicit forms of YAML 1.1, exactly as PyYAML's resolver matches them (its regular
// expressions, written as scanners).
namespace batchmill::yaml {

bool is_null_form(std::string_view text);
bool is_bool_form(std::string_view text);
bool is_int_form(std::string_view text);
bool is_float_form(std::string_view text);
bool is_date_form(std::string_view text);

}  // namespace batchmill::yaml
