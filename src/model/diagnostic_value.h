#pragma once

#include <string>
#include <string_view>

#include "base/yaml/document.h"
#include "model/diagnostic.h"

// What of a user's values may be shown (messages.md 1, 8). Pure.
namespace batchmill {

// A value as compact JSON by the meaning of its scalars; long texts and large collections are cut.
// What stands below `environment_variables` is "***".
std::string json_text(const yaml::Value& value);

// True for a YAML path at or below an entry of `environment_variables`.
bool is_secret_path(std::string_view path);
// "sig=..." of URLs and the user part of "scheme://user@host" become ***.
std::string mask_secrets(std::string_view text);
// The same for every field that is shown.
void mask_secrets(Diagnostic& diagnostic);

}  // namespace batchmill
