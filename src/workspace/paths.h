#pragma once

#include <string>

// Arithmetic on paths as text; links are not looked at.
namespace batchmill::workspace {

// Absolute, without "." and "..".
std::string absolute_below(const std::string& folder, const std::string& path);
std::string parent_of(const std::string& path);     // "/a/b" -> "/a", "/a" -> "/"
std::string last_part_of(const std::string& path);  // "/a/b" -> "b"

}  // namespace batchmill::workspace
