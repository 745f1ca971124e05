#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Text without meaning: splitting, distances, UTF-8. All functions are pure.
namespace batchmill {

std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string to_lower(std::string_view text);  // ASCII letters only
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
std::string_view trim(std::string_view text);

// The line of that number, from 1, without its break (LF, CR LF or CR); "" past the last.
std::string_view line_at(std::string_view text, std::size_t line);
// The words of a paragraph in lines of at most `width` columns, each behind `indent`.
std::string wrap(std::string_view text, std::size_t width, std::string_view indent);

// Optimal string alignment distance in code points: insert, delete, replace, swap cost 1 each.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The names of `allowed` nearest to `found` by the rule of messages.md 2.1: equal but for case;
// least distance <= max(3, length)/3; same words in another order. At a tie up to three, in the
// order of `allowed`. Empty when nothing is near.
std::vector<std::string> nearest(std::string_view found, const std::vector<std::string>& allowed);

// Number of code points; of terminal columns (wide characters count 2, combining ones 0).
std::size_t code_points(std::string_view utf8);
std::size_t display_width(std::string_view utf8);
// The longest prefix of at most `columns` terminal columns.
std::string_view clip_to_width(std::string_view utf8, std::size_t columns);
// For showing on one line: control characters become \xNN, marks that turn the direction of text
// \uNNNN, a tab one space, invalid UTF-8 U+FFFD.
std::string printable(std::string_view bytes);
bool is_valid_utf8(std::string_view bytes);
// Replaces invalid sequences by U+FFFD.
std::string repair_utf8(std::string_view bytes);

}  // namespace batchmill
