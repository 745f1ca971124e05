#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/query_ast.h"

namespace batchmill::cli {

enum class TokenKind {
  kEnd,
  kName,
  kQuotedName,
  kNumber,
  kLiteral,
  kDot,
  kStar,
  kFlatten,
  kFilter,
  kOpenBracket,
  kCloseBracket,
  kOpenBrace,
  kCloseBrace,
  kOpenParen,
  kCloseParen,
  kComma,
  kColon,
  kPipe,
  kOr,
  kAnd,
  kNot,
  kCurrent,
  kExpression,
  kCompare,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;
  Json literal;
  std::size_t column = 1;
};

Result<std::vector<Token>> query_tokens(const std::string& text);

}  // namespace batchmill::cli
